#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""validate-stream.py FILE...: hold order files against the JSON Schema.

An independent reader: it cuts at the lines "---", gives each entry to PyYAML
and the object to jsonschema.  Prints one line a file, or what is wrong.
"""

import pathlib
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "share" / "schema" / "entry.schema.json"


class Loader(yaml.SafeLoader):
    """A mapping with the same key twice is an error, as it is to deed."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f'the key "{key}" stands twice')
        return super().construct_mapping(node, deep)


def entries(path):
    """Yield the line of each entry and its text."""
    start, lines = None, []
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if line == "---\n":
                if start is not None:
                    yield start, "".join(lines)
                start, lines = number, []
            elif start is None:
                raise ValueError('does not begin with "---"')
            else:
                lines.append(line)
    if start is None:
        raise ValueError("is empty")
    yield start, "".join(lines)


def main(paths):
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = False
    for path in paths:
        count = wrong = 0
        try:
            for line, text in entries(path):
                count += 1
                try:
                    entry = yaml.load(text, Loader)
                except yaml.YAMLError as error:
                    print(f"{path}:{line}: {error}")
                    wrong += 1
                    continue
                for error in validator.iter_errors(entry):
                    where = ".".join(map(str, error.absolute_path))
                    print(f"{path}:{line}: {where}: {error.message}")
                    wrong += 1
        except ValueError as error:
            print(f"{path}: {error}")
            wrong += 1
        if wrong == 0:
            print(f"{path}: {count} entries")
        failed |= wrong > 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
