#!/usr/bin/env python3
"""validate-bag.py FOLDER: is it a valid bag?  After RFC 8493 alone."""
import hashlib
import pathlib
import re
import sys


def fail(why):
    sys.exit(f"invalid: {why}")


def listed(manifest):
    algorithm = manifest.stem.rsplit("-", 1)[1]
    files = {}
    for line in manifest.read_bytes().decode("utf-8").splitlines():
        match = re.fullmatch(r"([0-9A-Fa-f]+)[ \t]+(\S.*)", line)
        if not match:
            fail(f"{manifest.name}: {line!r}")
        path = re.sub("%(0[Dd]|0[Aa]|25)", lambda m: chr(int(m[1], 16)), match[2])
        if path in files or path.startswith(("/", "~")) or ".." in path.split("/"):
            fail(f"{manifest.name} lists {path!r}")
        files[path] = match[1].lower()
        found = hashlib.new(algorithm, (bag / path).read_bytes()).hexdigest()
        if found != files[path]:
            fail(f"{path} is not what {manifest.name} says")
    return files


bag = pathlib.Path(sys.argv[1])
declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
if (bag / "bagit.txt").read_bytes() != declaration.encode():
    fail("bagit.txt")
payload = {p.relative_to(bag).as_posix(): p for p in (bag / "data").rglob("*") if p.is_file()}
manifests = sorted(bag.glob("manifest-*.txt"))
if not manifests:
    fail("no manifest")
for manifest in manifests:
    if set(listed(manifest)) != set(payload):
        fail(f"{manifest.name} does not list the payload")
for manifest in bag.glob("tagmanifest-*.txt"):
    if any(path.startswith("data/") or path == manifest.name for path in listed(manifest)):
        fail(f"{manifest.name} lists what it should not")
info = (bag / "bag-info.txt").read_bytes().decode("utf-8")
for line in info.splitlines():
    if not re.match(r"[^:\s][^:]*: \S|[ \t]+\S", line):
        fail(f"bag-info.txt: {line!r}")
oxum = re.search(r"^Payload-Oxum: (\d+)\.(\d+)$", info, re.M)
size = sum(p.stat().st_size for p in payload.values())
if not oxum or (int(oxum[1]), int(oxum[2])) != (size, len(payload)):
    fail("Payload-Oxum")
