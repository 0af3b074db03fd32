#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""read-stream.py FILE...: a second reader of order files, from deed-order(5).

Cuts at the lines "---", computes each id and digest anew, sorts by the rule
of stream order, and prints for each entry what deed log --json has of it:
{"entry","kind","recorded","withheld"}, one a line, the newest first by
(happened, stream position).
"""

import datetime
import hashlib
import json
import sys

import yaml


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def read(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        pieces = file.read().split("---\n")
    assert pieces[0] == "", "does not begin with ---"
    entries = {}
    for piece in pieces[1:]:
        end = piece.index("\n", piece.index("content: ")) + 1
        envelope, content = piece[:end], piece[end:]
        head = yaml.load(envelope, yaml.BaseLoader)
        assert list(head) == ["deed", "kind", "after", "recorded", "content"]
        name = hashlib.sha256(envelope.encode()).hexdigest()
        if content:
            assert hashlib.sha256(content.encode()).hexdigest() == head["content"]
        assert name not in entries and head["after"] == sorted(head["after"])
        head["body"] = yaml.load(content, yaml.BaseLoader) if content else None
        entries[name] = head
    return entries


def stream_order(entries):
    written, left = [], dict(entries)
    while left:
        ready = [i for i, e in left.items() if not any(a in left for a in e["after"])]
        first = min(ready, key=lambda i: (left[i]["recorded"], i))
        del left[first]
        written.append(first)
    return written


for path in sys.argv[1:]:
    found = read(path)
    order = stream_order(found)
    assert order == list(found), "the file is not in stream order"
    rows = []
    for place, name in enumerate(order):
        entry = found[name]
        body = entry["body"]
        when = body["happened"] if body else entry["recorded"]
        rows.append((instant(when), place, name, entry))
    for _, _, name, entry in sorted(rows, key=lambda row: row[:2], reverse=True):
        print(json.dumps({"entry": name, "kind": entry["kind"],
                          "recorded": entry["recorded"],
                          "withheld": entry["body"] is None}))
