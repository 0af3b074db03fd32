#!/usr/bin/env python3
# Change, cut, lengthen, empty, remove, swap and add files, and flip bytes, of a
# package or a ledger; deed verify has to notice each, or REASONS says why it
# cannot matter.
# mutate.py package ZIP WORK SEED COUNT [OPTION]...   options are those of verify
# mutate.py ledger LEDGER WORK SEED COUNT [OPTION]...
# COUNT bytes are flipped at random, beside one mutation of each sort for every
# file.  DEED is the program.  The last line counts; exit 1 names what was missed.
import os
import random
import shutil
import struct
import subprocess
import sys
import warnings
import zipfile

kind, source, work, seed, count = sys.argv[1:6]
options = sys.argv[6:]
rng = random.Random(int(seed))
deed = os.environ.get("DEED", "build/deed")
noticed, excused, missed = 0, {}, []

# What may change without a word, and why that cannot matter.
REASONS = [
    (".git/objects/info/", "git's cache of its history, and a list of packs"),
    (".git/logs/", "git's own log: without it a rewind is told by remotes and stamps alone"),
    (".git/hooks/", "guards for people who use plain git; deed does not run them"),
    (".git/config", "settings: how git shows things, not what is recorded"),
    (".git/description", "unused by git"),
    (".git/info/", "what git leaves out when it shows untracked files"),
    (".git/COMMIT_EDITMSG", "the last message somebody typed"),
    (".git/ORIG_HEAD", "a bookmark of git"),
    (".git/FETCH_HEAD", "a bookmark of git"),
    (".git/deed/", "disposable: locks, journal, queue, caches"),
    (".git/refs/deed/", "what deed remembers of remotes"),
    (".git/refs/remotes/", "what git remembers of remotes"),
    (".git/packed-refs", "refs that lie open as well"),
]


def verify(target):
    words = [deed, "--ledger", target, "verify"] if kind == "ledger" else [deed, "verify"]
    words += options
    if kind == "package":
        words.append(target)
    try:
        p = subprocess.run(words, capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        missed.append("verify did not end; the copy is in %s.hung" % target)
        shutil.rmtree(target + ".hung", ignore_errors=True)
        subprocess.run(["cp", "-a", target, target + ".hung"])
        return 1
    if p.returncode not in (0, 1, 2):
        missed.append("verify ended with %d: %s" % (p.returncode, p.stderr.decode(errors="replace")[:200]))
    return p.returncode


def files_of(top):
    found = []
    for base, _, names in os.walk(top):
        found += [os.path.relpath(os.path.join(base, n), top) for n in names]
    return sorted(found)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    """A new file of that name: what is linked to it stays as it is."""
    mode = os.stat(path).st_mode if os.path.exists(path) else 0o644
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode & 0o7777)


def head_of(top):
    return subprocess.run(["git", "-C", top, "rev-parse", "HEAD"], capture_output=True).stdout


def excuse(name, what, top):
    if kind == "ledger":
        for start, why in REASONS:
            if name.startswith(start):
                return why
        if name.startswith(".git/objects/"):
            silent = subprocess.run(["git", "-C", top, "fsck", "--strict", "--no-dangling"], capture_output=True)
            if silent.returncode == 0 and not silent.stderr:
                return "nothing in it changed: git fsck reads the same"
        if name.startswith(".git/lfs/objects/") and what == "removed":
            return "the work tree has the same bytes under another name"
        if name == ".git/index":
            diff = subprocess.run(["git", "-C", top, "diff", "--cached", "--quiet"], capture_output=True)
            if diff.returncode == 0 and not diff.stderr:
                return "what git remembers of times and sizes: it would commit the same"
        if name == ".git/HEAD" or name.startswith(".git/refs/heads/"):
            if head_of(top) == head_of(source):
                return "the end of a line: git reads the same commit"
        if name.startswith(".git/") and what == "added":
            return "git does not read it"
    elif name == "root.txt.sig" and what in ("lengthened", "cut", "byte"):
        return "blanks around the armour: the signature is the same"
    return None


def judge(target, name, what):
    global noticed
    if verify(target) != 0:
        noticed += 1
        return
    why = excuse(name, what, target)
    if why is None:
        missed.append("%s %s" % (name, what))
    else:
        excused[why] = excused.get(why, 0) + 1


def flip(data, at):
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1:]


def mutations(data):
    yield "lengthened", data + b"x"
    if data:
        yield "changed", flip(data, rng.randrange(len(data)))
        yield "cut", data[:-1]
        yield "emptied", b""
    if len(data) > 2:
        yield "halved", data[:len(data) // 2]


def try_file(top, name):
    path = os.path.join(top, name)
    data = read(path)
    for what, changed in mutations(data):
        if changed == data:
            continue
        write(path, changed)
        judge(top, name, what)
        write(path, data)
    os.unlink(path)
    judge(top, name, "removed")
    write(path, data)


def try_swaps(top, names):
    names = [n for n in names if excuse(n, "swapped", top) is None]
    for _ in range(min(len(names), 12)):
        a, b = rng.sample(names, 2)
        one, two = read(os.path.join(top, a)), read(os.path.join(top, b))
        if one == two:
            continue
        write(os.path.join(top, a), two)
        write(os.path.join(top, b), one)
        judge(top, a, "swapped with %s" % b)
        write(os.path.join(top, a), one)
        write(os.path.join(top, b), two)


def try_added(top, names):
    for folder in sorted({os.path.dirname(n) for n in names}):
        if folder.startswith(".git"):
            continue
        path = os.path.join(top, folder, "added.txt")
        if kind == "ledger" and folder == "":
            continue  # git shows it as untracked; it is no part of the record
        write(path, b"something else\n")
        judge(top, os.path.join(folder, "added.txt"), "added")
        os.unlink(path)


def try_bytes(top, names, n):
    sizes = [os.path.getsize(os.path.join(top, x)) for x in names]
    for _ in range(n):
        name = rng.choices(names, sizes)[0]
        path = os.path.join(top, name)
        data = read(path)
        at = rng.randrange(len(data))
        write(path, flip(data, at))
        judge(top, name, "byte")
        write(path, data)


def lines_moved(data):
    lines = data.split(b"\n")
    a, b = rng.sample(range(len(lines) - 1), 2)
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def try_lines(top, names):
    """Lines swapped, doubled and taken out: what a byte sample seldom makes."""
    for name in names:
        if not name.endswith((".txt", ".yaml", ".sha256sums")) or name.startswith(".git/"):
            continue
        path = os.path.join(top, name)
        data = read(path)
        lines = data.split(b"\n")
        if len(lines) < 4:
            continue
        at = rng.randrange(len(lines) - 1)
        changed = [("moved line", lines_moved(data)),
                   ("doubled line", b"\n".join(lines[:at] + [lines[at]] + lines[at:])),
                   ("lost line", b"\n".join(lines[:at] + lines[at + 1:]))]
        for what, new in changed:
            if new == data:
                continue
            write(path, new)
            judge(top, name, what)
            write(path, data)


def same_zip(a, b):
    """Would somebody who unpacks it see the same files?"""
    try:
        with zipfile.ZipFile(a) as x, zipfile.ZipFile(b) as y:
            return x.namelist() == y.namelist() and all(x.read(n) == y.read(n) for n in x.namelist())
    except Exception:
        return False


def with_member(path, name, data, mode=0o100644):
    """The ZIP with one member more."""
    out = os.path.join(work, "member.zip")
    shutil.copy(path, out)
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a") as z:
            z.writestr(info, data)
    new = read(out)
    os.unlink(out)
    return new


def renamed(data, name, last):
    """One of the two places that name a member names another."""
    old = name.encode()
    at = data.rindex(old) if last else data.index(old)
    return data[:at] + old[:-1] + b"#" + data[at + len(old):]


def forms(path):
    """ZIPs in which two readers could see two packages."""
    data = read(path)
    with zipfile.ZipFile(path) as z:
        names = z.namelist()
    top = names[0].split("/")[0]
    page = top + "/data/index.html"
    end = data.rindex(b"PK\5\6")
    yield "prefix", b"x" + data
    yield "suffix", data + b"x"
    yield "itself twice", data + data
    yield "a comment in which it is again", data[:end + 20] + struct.pack("<H", len(data) & 0xffff) + data[:0xffff]
    yield "member twice", with_member(path, page, "something else")
    yield "same member twice", with_member(path, top + "/bagit.txt", read(os.path.join(work, top, "bagit.txt")))
    yield "another case", with_member(path, top + "/DATA/index.html", "something else")
    yield "beside the folder", with_member(path, "other.txt", "x")
    yield "a second bag", with_member(path, "a/bagit.txt", "x")
    yield "above", with_member(path, top + "/../x", "x")
    yield "absolute", with_member(path, "/" + page, "x")
    yield "link", with_member(path, top + "/data/link", "index.html", 0o120777)
    yield "local name", renamed(data, page, False)
    yield "name in the directory", renamed(data, page, True)


def try_forms(path):
    global noticed
    broken = os.path.join(work, "form.zip")
    for what, new in forms(path):
        with open(broken, "wb") as f:
            f.write(new)
        if verify(broken) == 1:
            noticed += 1
        else:
            missed.append("%s: %s" % (path, what))
    os.unlink(broken)


def try_zip(path, n):
    data = read(path)
    broken = os.path.join(work, "broken.zip")
    for i in range(n):
        at = rng.randrange(len(data))
        new = flip(data, at) if i % 4 else data[:at]
        with open(broken, "wb") as f:
            f.write(new)
        global noticed
        if verify(broken) != 0:
            noticed += 1
        elif same_zip(path, broken):
            why = "times and modes in the ZIP: what is unpacked is the same"
            excused[why] = excused.get(why, 0) + 1
        else:
            missed.append("%s byte %d" % (path, at))
    os.unlink(broken)


os.makedirs(work, exist_ok=True)
if kind == "package":
    with zipfile.ZipFile(source) as z:
        z.extractall(work)
        top = os.path.join(work, z.namelist()[0].split("/")[0])
    try_forms(source)
    try_zip(source, int(count))
else:
    top = os.path.join(work, "ledger")
    subprocess.run(["cp", "-a", source, top], check=True)
if verify(top) != 0:
    sys.exit("the original does not verify")
names = files_of(top)
for name in names:
    try_file(top, name)
try_swaps(top, names)
try_added(top, names)
try_lines(top, names)
try_bytes(top, names, int(count))
if verify(top) != 0:
    missed.append("the original does not verify any more")
shutil.rmtree(top)
for why, n in sorted(excused.items()):
    print("%4d cannot matter: %s" % (n, why))
for m in missed:
    print("MISSED: %s" % m)
print("%d files, %d noticed, %d excused, %d missed" % (len(names), noticed, sum(excused.values()), len(missed)))
sys.exit(1 if missed else 0)
