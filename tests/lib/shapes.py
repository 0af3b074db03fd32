#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""shapes.py SHAPE N: an order file of N entries behind the order's own.

row       each behind the one before
tips      all behind the first, so that nobody names any of them
diamonds  two behind one, one behind these two, and so on
deliveries  a row of them, each of other bytes
"""
import hashlib
import sys


def entry(kind, after, second, *lines):
    """The text of an entry and its id."""
    stamp = "2026-11-%02dT%02d:%02d:%02dZ" % (1 + second // 86400, second // 3600 % 24,
                                              second // 60 % 60, second % 60)
    body = 'nonce: "%032x"\nhappened: "%s"\nby: Jane Dev\n%s\n' % (second, stamp, "\n".join(lines))
    digest = hashlib.sha256(body.encode()).hexdigest()
    envelope = 'deed: 1\nkind: %s\nafter: [%s]\nrecorded: "%s"\ncontent: "%s"\n' % (
        kind, ", ".join('"%s"' % x for x in sorted(after)), stamp, digest)
    return "---\n" + envelope + body, hashlib.sha256(envelope.encode()).hexdigest()


def main(shape, n):
    text, first = entry("order", [], 0, "id: FO1")
    parts, tips, last = [text], [first], [first]
    for i in range(1, n + 1):
        second = shape == "diamonds" and i % 3 == 2
        after = [first] if shape == "tips" else last if second else tips
        last = after
        lines = ["text: message %d" % i]
        if shape == "deliveries":
            lines += ["label: d%d" % i, "archive:", '  sha256: "%064x"' % i, '  content: "%064x"' % i]
        text, own = entry("delivery" if len(lines) > 1 else "message", after, i, *lines)
        tips = tips + [own] if second else [own]
        parts.append(text)
    sys.stdout.write("".join(parts))


main(sys.argv[1], int(sys.argv[2]))
