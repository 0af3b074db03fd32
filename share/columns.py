#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How many columns of a terminal characters take that do not take one.

usage: columns.py >core/util/columns.inc

Marks that stand on another character, and what only directs the drawing, take
none; what East Asian Width calls wide takes two.  Of Python's Unicode.
"""
import unicodedata


def columns(n):
    c = chr(n)
    if 0x1160 <= n <= 0x11FF or 0xD7B0 <= n <= 0xD7FF:  # vowels and finals, drawn into the first
        return 0
    if unicodedata.category(c) == "Cn":
        return 2 if 0x20000 <= n <= 0x3FFFD else None
    if unicodedata.category(c) in ("Mn", "Me", "Cf") and n != 0xAD and not 0x600 <= n <= 0x605:
        return 0
    if unicodedata.east_asian_width(c) in "WF":
        return 2
    return 1


def ranges(wanted):
    """Those that take as many; what Unicode has not given away yet joins them."""
    found, open_at = [], None
    for n in range(0x300, 0x110000):
        if columns(n) == wanted:
            if not open_at:
                found.append([n, n])
            open_at, found[-1][1] = True, n
        elif columns(n) is not None:
            open_at = False
    return found


print("/* Made by share/columns.py of Unicode %s. */" % unicodedata.unidata_version)
for name, wanted in ("no_column", 0), ("two_columns", 2):
    print("\nstatic const struct range %s[] = {" % name)
    row = ""
    for first, last in ranges(wanted):
        item = "{ 0x%x, 0x%x }," % (first, last)
        if len(row) + len(item) > 70:
            print("\t" + row.rstrip())
            row = ""
        row += item + " "
    print("\t" + row.rstrip() + "\n};")
