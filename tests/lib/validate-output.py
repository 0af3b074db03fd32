#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What deed prints with --json, held to the schemas in share/schema/.

validate-output.py check          every schema is one
validate-output.py fits           each line of standard input is the name of a
                                  schema, a blank, and JSON that fits it and
                                  has no key that it does not know
validate-output.py keys           each schema's name and a key of it, dotted
validate-output.py own            the same of keys that are told nowhere else
"""
import glob
import json
import os
import sys

import jsonschema

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../share/schema/")


def read(name):
    with open(FOLDER + name, encoding="utf-8") as f:
        return json.load(f)


def resolve(name, ref):
    """The document a reference leads to, and the schema in it."""
    document, _, pointer = ref.partition("#")
    schema = read(document or name)
    for step in pointer.split("/")[1:]:
        schema = schema[step]
    return document or name, schema


def names_keys(schema):
    return "properties" in schema or any(names_keys(part) for part in schema.get("allOf", []))


def closed(name, schema):
    """Without references, and with no key but those that are named."""
    schema = opened(name, schema)
    return {**schema, "unevaluatedProperties": False} if names_keys(schema) else schema


def opened(name, schema):
    """The same of what is in it; itself it may be one part of several."""
    made = {}
    for key, value in schema.items():
        if key == "properties":
            value = {k: closed(name, v) for k, v in value.items()}
        elif key == "items" or (key == "additionalProperties" and value is not False):
            value = closed(name, value)
        elif key == "anyOf":
            value = [closed(name, v) for v in value]
        elif key == "allOf":
            value = [opened(name, v) for v in value]
        elif key == "$ref":
            key, value = "allOf", [opened(*resolve(name, value))]
        if key != "$defs":
            made[key] = value
    return made


def fits():
    validators, lines = {}, sys.stdin.read().split("\n")[:-1]
    bad = not lines
    for line in lines:
        what, _, text = line.partition(" ")
        if what not in validators:
            name = what + ".schema.json"
            validators[what] = jsonschema.Draft202012Validator(closed(name, read(name)))
        error = jsonschema.exceptions.best_match(validators[what].iter_errors(json.loads(text)))
        if error is not None:
            print("%s: %s: %s" % (what, error.json_path, error.message[:300]))
            bad = True
    return bad


def walk(name, schema, above, everywhere, into):
    if "$ref" in schema and (everywhere or above == ""):
        walk(*resolve(name, schema["$ref"]), above, everywhere, into)
    for part in schema.get("allOf", []) + schema.get("anyOf", []):
        walk(name, part, above, everywhere, into)
    for key, value in schema.get("properties", {}).items():
        into.add(above + key)
        walk(name, value, above + key + ".", everywhere, into)
    if "items" in schema:
        walk(name, schema["items"], above, everywhere, into)


def names():
    return sorted(os.path.basename(path) for path in glob.glob(FOLDER + "*.schema.json"))


def tell(everywhere):
    for name in names():
        found = set()
        walk(name, read(name), "", everywhere, found)
        for key in sorted(found):
            print(name.partition(".")[0], key)
    return False


def keys():
    return tell(True)


def own():
    return tell(False)


def check():
    for name in names():
        jsonschema.Draft202012Validator.check_schema(read(name))
        jsonschema.Draft202012Validator.check_schema(closed(name, read(name)))
    return False


if __name__ == "__main__":
    sys.exit({"fits": fits, "keys": keys, "own": own, "check": check}[sys.argv[1]]())
