#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Write a ledger's history as a stream for git fast-import.

usage: ledger.py ORDERS ENTRIES PARENT

Each order is one commit on top of PARENT, as an import would make it.  The
same numbers give the same bytes.
"""

import hashlib
import random
import sys
from datetime import datetime, timedelta, timezone

START = datetime(2026, 1, 1, 9, tzinfo=timezone.utc)
WORDS = (
    "the logo colour page button header draft version please thanks send "
    "check mobile menu contact form footer text image upload file final "
    "tomorrow agreed change small question about delivery looks good test"
).split()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def sentence(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(6, 24)))


def entry(rng, kind, after, when, lines):
    stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    content = [
        f'nonce: "{rng.getrandbits(128):032x}"',
        f'happened: "{stamp}"',
        "by: Jane Dev",
        *lines,
    ]
    body = ("\n".join(content) + "\n").encode()
    parents = f'["{after}"]' if after else "[]"
    envelope = (
        f"deed: 1\nkind: {kind}\nafter: {parents}\n"
        f'recorded: "{stamp}"\ncontent: "{sha256(body)}"\n'
    ).encode()
    return sha256(envelope), b"---\n" + envelope + body


def terms(rng, name):
    return [
        f"id: {name}",
        "platform: fiverr",
        f"buyer: client{rng.randint(1, 900)}",
        f"title: {sentence(rng)}",
        'price: "250 USD"',
        "revisions: 2",
        "requirements:",
        "  - label: r1",
        f"    text: {sentence(rng)}",
        "  - label: r2",
        f"    text: {sentence(rng)}",
    ]


def contents(rng, entries):
    """Kinds and keys of the entries behind the first, as an order has them."""
    for i in range(1, entries):
        if i == entries - 3:
            yield "submission", []
        elif i == entries - 2:
            yield "acceptance", ["how: explicit", f"text: {sentence(rng)}"]
        elif i % 13 == 0:
            yield "call", ["channel: zoom", 'duration: "45 min"', f"text: {sentence(rng)}"]
        elif i % 7 == 0:
            yield "note", [f"text: {sentence(rng)}"]
        else:
            who = rng.choice(["client", "Jane Dev"])
            yield "message", [f"from: {who}", "channel: fiverr", f"text: {sentence(rng)}"]


def order(rng, name, entries, when):
    """The ids of its entries, and its file."""
    after, data = entry(rng, "order", None, when, terms(rng, name))
    ids, pieces = [after], [data]
    for kind, lines in contents(rng, entries):
        when += timedelta(minutes=rng.randint(1, 60))
        after, data = entry(rng, kind, after, when, lines)
        ids.append(after)
        pieces.append(data)
    return ids, b"".join(pieces)


def main():
    orders, entries, parent = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rng = random.Random(1)
    out = sys.stdout.buffer
    step = timedelta(days=300) / orders
    for i in range(orders):
        name = f"FO{i:06d}"
        when = START + i * step
        ids, data = order(rng, name, entries, when)
        message = f"import {name}: {entries} entries\n\nDeed-Order: {name}\n"
        message = (message + "".join(f"Deed-Entry: {x}\n" for x in ids)).encode()
        head = "commit refs/heads/bench\n"
        head += f"committer Jane Dev <jane@example.org> {int(when.timestamp())} +0000\n"
        out.write(head.encode() + b"data %d\n%s" % (len(message), message))
        if i == 0:
            out.write(f"from {parent}\n".encode())
        path = f"orders/{when:%Y-%m}/{name}.yaml"
        out.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")


main()
