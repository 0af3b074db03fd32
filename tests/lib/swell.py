#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""swell.py FILE MEGABYTES: an export as FILE is, but of about that size.

In JSON the elements of the longest list are there again and again, in a table
its rows, in a text all of it.
"""
import json
import re
import sys


def lists(value, path=()):
    """The lists in a value that are not empty: (size, depth, path)."""
    kids = value.items() if isinstance(value, dict) else enumerate(value) \
        if isinstance(value, list) else ()
    if isinstance(value, list) and value:
        yield len(json.dumps(value)), len(path), path
    for key, kid in kids:
        yield from lists(kid, path + (key,))


def longest(value):
    """The innermost of those that hold most of what there is."""
    found = list(lists(value))
    most = max(found)[0] if found else 0
    return max((x for x in found if x[0] > most * 0.6), key=lambda x: x[1:2] + x[:1],
               default=(0, 0, None))[2]


def write(out, value, path, size):
    """A value, with the list at path as long as size asks for."""
    if path == ():
        texts = [json.dumps(x, ensure_ascii=False) for x in value]
        times = size // sum(len(t) + 2 for t in texts) + 1
        out.write("[" + ",\n".join(texts))
        for _ in range(times):
            out.write(",\n" + ",\n".join(texts))
        out.write("]")
    elif path is not None and isinstance(value, (dict, list)):
        is_map = isinstance(value, dict)
        out.write("{" if is_map else "[")
        for i, (key, kid) in enumerate(value.items() if is_map else enumerate(value)):
            out.write("," if i else "")
            out.write(json.dumps(key) + ":" if is_map else "")
            write(out, kid, path[1:] if path[0] == key else None, size)
        out.write("}" if is_map else "]")
    else:
        out.write(json.dumps(value))


def parse(name, text):
    """What a file of JSON holds; None for one of JSON Lines, and for texts."""
    try:
        # Telegram writes control characters as no JSON does
        text = re.sub(r"\\x(?=[0-9A-Fa-f]{2})", r"\\u00", text)
        return json.loads(text) if name.endswith(".json") else None
    except json.JSONDecodeError:
        return None


def main():
    name, size = sys.argv[1], int(sys.argv[2]) << 20
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
    with open(name, encoding="utf-8", errors="surrogateescape", newline="") as f:
        text = f.read()
    value = parse(name, text)
    if value is not None:
        path = longest(value)
        if path is None:
            sys.exit(3)  # nothing in it can be more than once
        write(sys.stdout, value, path, size)
        return
    head = ""
    if name.endswith((".csv", ".vtt")):
        lines = text.splitlines(keepends=True)
        head, text = lines[0] + ("\n" if name.endswith(".vtt") else ""), "".join(lines[1:])
    text += "" if text.endswith("\n") else "\n"
    sys.stdout.write(head)
    for _ in range(size // len(text) + 1):
        sys.stdout.write(text)


main()
