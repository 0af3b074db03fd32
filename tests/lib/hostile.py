"""Strings that strangers might write, and what became of them.

hostile.py texts DIR    write each to DIR/NAME.txt, print NAME and what is due:
                        kept, or refused
hostile.py same DIR STREAM    each kept text must be the text of its entry of
                        an order file, as PyYAML and libyaml read it
hostile.py is STREAM WORDS KEY...    so must each of these keys of the newest entry
                        be WORDS; dots and numbers reach into maps and lists
hostile.py terms WORDS DIR KEY...    so must they of each order DIR/TN.yaml
                        be the N-th line of WORDS
hostile.py raw FILE...  no file may hold what a terminal obeys
hostile.py names DIR    make files with such names, each in a folder NUMBER of its
                        own; print NUMBER and what is due
hostile.py words        print the texts that can be an argument, one line each
"""
import json
import os
import re
import sys

import yaml

KEPT = {
    "quotes": "he said \"yes\", 'no', `id`, \\n \\x1b \\\\",
    "shell": "$(touch escaped) ; touch escaped | `touch escaped` && ${IFS} %s %n",
    "newlines": "one\n\n\ntwo\n\tthree",
    "document": "before\n---\nkind: payment\ncontent: x\n...\n--- x\n%YAML 1.2\n# no comment",
    "document-first": "---",
    "entry": '---\ndeed: 1\nkind: completion\nafter: []\nrecorded: "2026-11-21T22:55:27Z"\n'
             'content: "' + "0" * 64 + '"\nnonce: "' + "0" * 32 + '"',
    "trailer": "fine\n\nDeed-Entry: 0000\nDeed-Order: OTHER\nSigned-off-by: Mallory <m@example.org>",
    "trailer-only": "Deed-Entry: 0000",
    "dots": "../../../../etc/passwd",
    "dashes": "--help",
    "dash": "-",
    "emoji": "four bytes: \U0001f600 \U0001f469\u200d\U0001f4bb \U000e0041",
    "cjk": "\u65e5\u672c\u8a9e \u0928\u092e\u0938\u094d\u0924\u0947 e\u0301",
    "bidi": "user\u202egnp.exe\u202c \u2066x\u2069 \u200f\u061c",
    "nel": "a\u0085b\u2028c\u2029d",
    "bom": "\ufeffwith a mark \ufeff inside",
    "c0": "bell \x07 escape \x1b[2J\x1b]0;title\x07 back \x08 feed \x0c",
    "del": "\x7f",
    "c1": "csi \x9b2J string \x90",
    "cr": "fine\rgone",
    "nonchar": "\ufffe \uffff \U0010ffff",
    "tag": "!!python/object:os.system [x]",
    "alias": "*a &b",
    "map": "{a: 1, b: [2]}",
    "flow": "[", "colon": "key: value", "comment": "# none", "hash": "a # b",
    "tilde": "~", "merge": "<<", "equals": "=", "question": "? x", "pipe": "|", "fold": ">-",
    "percent": "%TAG ! x", "at": "@", "backtick": "`",
    "leading": "  indented", "trailing": "ends in blanks  x", "tabbed": "x\ty",
    "tab-first": "a\n\tb\n \tc",
    "octal": "0o17", "hex": "0x1f", "float": "1e3", "inf": ".inf", "nan": ".NaN",
    "sexagesimal": "190:20:30", "date": "2026-11-22", "underscore": "1_000", "signed": "+1",
    "html": "<script>alert(1)</script>&amp;", "formula": "=1+1",
    "long-line": "x" * 5000,
}
for word in "y n yes no on off true false null Y N YES No ON Off TRUE False NULL".split():
    KEPT["word-" + word] = word
REFUSED = {
    "latin1": b"caf\xe9", "overlong": b"a\xc0\xafb", "surrogate": b"a\xed\xa0\x80b",
    "beyond": b"a\xf4\x90\x80\x80b", "cut": b"a\xf0\x9f\x98", "empty": b"", "blank": b" \t ",
}

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def texts(folder):
    for name, text in KEPT.items():
        with open(os.path.join(folder, name + ".txt"), "wb") as f:
            f.write(text.encode())
        print(name, "kept")
    for name, text in REFUSED.items():
        with open(os.path.join(folder, name + ".txt"), "wb") as f:
            f.write(text)
        print(name, "refused")


def words():
    for name, text in KEPT.items():
        if "\n" not in text and len(text) < 200:
            print(text)


def entries(stream):
    with open(stream, newline="", encoding="utf-8") as f:
        pieces = re.split(r"(?m)^---\n", f.read())[1:]
    found = [yaml.load(piece, yaml.CSafeLoader) for piece in pieces]
    if found != [yaml.safe_load(piece) for piece in pieces]:
        sys.exit("PyYAML and libyaml read different things")
    return found


def same(folder, stream):
    found = {e["label"]: e for e in entries(stream) if "label" in e}
    bad = 0
    for name, text in KEPT.items():
        entry = found.get(name)
        if entry is None or entry["text"] != text:
            print("%s: %r became %r" % (name, text, entry and entry["text"]))
            bad = 1
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as f:
            if json.load(f)["content"]["text"] != text:
                print(name + ": another string in show --json")
                bad = 1
    return bad


def is_(stream, words, *keys):
    bad = 0
    for key in keys:
        value = entries(stream)[-1]
        for part in key.split("."):
            value = value[int(part) if part.isdigit() else part]
        if value != words:
            print("%s: %r became %r" % (key, words, value))
            bad = 1
    return bad


def terms(words, folder, *keys):
    bad, n = 0, 0
    with open(words, encoding="utf-8", newline="\n") as f:
        for n, line in enumerate(f, 1):
            order = os.path.join(folder, "T%d.yaml" % n)
            if os.path.exists(order):
                bad += is_(order, line[:-1], *keys)
    return bad > 0 or n < 50


def raw(files):
    bad = 0
    for name in files:
        with open(name, encoding="utf-8") as f:
            for line in f.read().split("\n"):
                if RAW.search(line):
                    print("%s: %r" % (name, line))
                    bad = 1
    return bad


NAMES = {
    "plain name.txt": "kept", "-rf": "kept", "--help": "kept", "it's \"quoted\".txt": "kept",
    "$(touch escaped)": "kept", "`x`;y|z&.txt": "kept", "\U0001f600.txt": "kept",
    "caf\u00e9.txt": "kept", "cafe\u0301.txt": "kept", "yes": "kept", "null": "kept", "---": "kept",
    "...": "kept", "#x": "kept", "~": "kept", "*": "kept", "key: value": "kept", "a\\b": "either",
    "line\nfeed": "either", "cr\rx": "either", "esc\x1b[2J": "either", "del\x7f": "either",
    "nel\u0085x": "either", "bidi\u202egnp.exe": "either", "ls\u2028x": "either",
    "bom\ufeff": "either",
}


def names(folder):
    for i, (name, due) in enumerate(list(NAMES.items()) + [(b"latin1\xe9", "refused")]):
        path = os.path.join(os.fsencode(folder), b"%02d" % i)
        os.mkdir(path)
        name = name if isinstance(name, bytes) else name.encode()
        with open(os.path.join(path, name), "wb") as f:
            f.write(b"x")
        print("%02d" % i, due)


if __name__ == "__main__":
    what, args = sys.argv[1], sys.argv[2:]
    sys.exit(raw(args) if what == "raw" else
             {"is": is_, "terms": terms, "texts": texts, "same": same, "names": names, "words": words}[what](*args))
