#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Run deed beside what a user would run instead, and print the ratios.

usage: bench.py DEED SLIM DIR [ROW]...

DEED is the program, SLIM the one of "make STATIC=1" or "-", DIR holds inputs
and is kept for the next time.  Both sides of a row run in turn on the same
input; a figure is the median of deed's times by the median of the peer's.
What is deed's alone, memory, is what the kernel says of the process.

Inputs come from generators with fixed seeds, and from one real source tree:
that of the newest package linux-source-* there is, which Debian makes from its
source package linux; without one, "apt-get source linux" fetches it.
"""

import glob
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
MB = 1 << 20
rows = {}

# name: what to put in front, if a row has several; said: behind the ratio
Figure = namedtuple("Figure", "name ratio target said")


class Skip(Exception):
    """A row that cannot be run here, and why."""


class Bench:
    def __init__(self, deed, slim, folder):
        self.deed = os.path.abspath(deed)
        self.slim = os.path.abspath(slim) if slim != "-" else None
        self.dir = os.path.abspath(folder)
        home = self.path("home")
        os.makedirs(home, exist_ok=True)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        with open(os.path.join(home, ".gitconfig"), "w", encoding="utf-8") as f:
            f.write("[user]\n\tname = Jane Dev\n\temail = jane@example.org\n")
            f.write("[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n")

    def path(self, name):
        return os.path.join(self.dir, name)

    def run(self, *argv, cwd=None, env=None, data=None):
        """Run it to the end; its standard output."""
        done = subprocess.run(
            argv, cwd=cwd or self.dir, env={**self.env, **(env or {})},
            input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise Skip(f"{os.path.basename(argv[0])} {argv[1] if argv[1:] else ''}: "
                       + (said[-1] if said else f"status {done.returncode}"))
        return done.stdout

    def time(self, *argv, **how):
        start = time.perf_counter()
        self.run(*argv, **how)
        return time.perf_counter() - start

    def memory(self, *argv, cwd=None):
        """The most memory it held, in bytes, as the kernel counted."""
        said = self.path("memory")
        # behind a small program: what begins as a copy of this one counts as large
        self.run("time", "-f", "%M", "-o", said, *argv, cwd=cwd)
        with open(said, encoding="utf-8") as f:
            return int(f.read()) * 1024

    def fresh(self, name):
        """An empty folder of this name."""
        path = self.path(name)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return path

    def ledger(self, name, orders, entries):
        """A ledger with that many orders; made once."""
        path = self.path(name)
        if os.path.exists(os.path.join(path, "made")):
            return path
        shutil.rmtree(path, ignore_errors=True)
        self.run(self.deed, "-q", "init", "--ledger", path)
        head = self.run("git", "-C", path, "rev-parse", "HEAD").decode().strip()
        stream = self.run(sys.executable, os.path.join(HERE, "ledger.py"),
                          str(orders), str(entries), head)
        self.run("git", "-C", path, "fast-import", "--quiet", data=stream)
        self.run("git", "-C", path, "reset", "-q", "--hard", "bench")
        self.run("git", "-C", path, "branch", "-qD", "bench")
        self.run("git", "-C", path, "config", "core.excludesFile", os.path.join(path, ".git/skip"))
        with open(os.path.join(path, ".git/skip"), "w", encoding="utf-8") as f:
            f.write("/made\n")
        open(os.path.join(path, "made"), "w", encoding="utf-8").close()
        return path

    def media(self, name, files, size):
        """Files that do not compress; made once."""
        path = self.path(name)
        if not os.path.isdir(path):
            rng = random.Random(2)
            os.makedirs(path + ".new", exist_ok=True)
            for i in range(files):
                with open(f"{path}.new/clip{i}.mp4", "wb") as f:
                    for _ in range(size // MB):
                        f.write(rng.randbytes(MB))
            os.rename(path + ".new", path)
        return path

    def source(self):
        """A real source tree, from a Debian source package, as a git project."""
        path = self.path("source")
        if os.path.isdir(path):
            return path
        new = self.fresh("source.new")
        tars = sorted(glob.glob("/usr/src/linux-source-*.tar.xz"))
        if not tars:
            self.run("apt-get", "source", "--download-only", "linux", cwd=self.dir)
            tars = glob.glob(self.path("linux_*.orig.tar.xz"))
        parts = ["fs", "include", "kernel", "mm", "net", "lib"]
        self.run("tar", "xf", tars[-1], "-C", new, "--strip-components=1", "--wildcards",
                 *[f"linux-*/{p}" for p in parts])
        self.run("git", "init", "-q", new)
        self.run("git", "-C", new, "add", "-A")
        self.run("git", "-C", new, "commit", "-qm", "a source tree")
        os.rename(new, path)
        return path


def in_turn(rounds, *sides, warm=1):
    """Medians of functions that return seconds, run in turn after warming up.

    What one side left to be written is on disk before the other starts: deed
    flushes what it made, and would wait for the bytes of its peer as well.
    """
    times = [[] for _ in sides]
    for i in range(rounds + warm):
        for side, into in zip(sides, times):
            os.sync()
            seconds = side(i)
            if i >= warm:
                into.append(seconds)
    return [statistics.median(t) for t in times]


def seconds(value):
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def ratio(name, ours, theirs, target):
    return Figure(name, ours / theirs, target, f"{seconds(ours)} : {seconds(theirs)}")


def held(name, size):
    """Memory, against what is promised."""
    return Figure(name, size / (64 * MB), 1.0, f"{size / MB:.0f} MB")


def row(name, work, beside):
    def add(function):
        rows[name] = (work, beside, function)
        return function
    return add


def programs(b, shared, slim):
    """(what to call it, program, target)"""
    yield "", b.deed, shared
    if b.slim:
        yield "slim: ", b.slim, slim


def append(b, orders, shared, slim):
    ledger = b.ledger(f"ledger-{orders}", orders, 40 if orders > 10 else 10)
    peer = b.path(f"peer-{orders}")
    if not os.path.isdir(peer):
        shutil.copytree(ledger, peer, symlinks=True)
    path = sorted(glob.glob(f"{peer}/orders/*/*.yaml"))[orders // 2]
    order = os.path.basename(path)[:-5]
    env = {"DEED_DIR": ledger, "DEED_ORDER": order}

    def git(i):
        with open(path, "a", encoding="utf-8") as f:
            f.write(f"# line {i} {time.time_ns()}\n")
        return (b.time("git", "-C", peer, "add", path)
                + b.time("git", "-C", peer, "commit", "-qm", "a line"))

    kinds = list(programs(b, shared, slim))
    sides = [lambda i, p=p: b.time(p, "-q", "log", "-m", f"line {i}", env=env)
             for _, p, _ in kinds]
    theirs, *ours = in_turn(15, git, *sides)
    return [ratio(name, time, theirs, target)
            for (name, _, target), time in zip(kinds, ours)]


@row("log10", "`deed log -m`, durable, ledger of 10 orders", "`git add` + `git commit`, not durable")
def log10(b):
    return append(b, 10, 1.6, 0.8)


@row("log10k", "the same, 10,000 orders", "the same")
def log10k(b):
    return append(b, 10000, 0.5, 0.25)


def deliver(b, tree, target, rounds, warm):
    """deed deliver beside zip, sha256sum, git add (LFS) and commit."""
    peer = b.fresh("peer-deliver")
    b.run("git", "init", "-q", peer)
    b.run("git", "-C", peer, "lfs", "install", "--local")
    b.run("git", "-C", peer, "lfs", "track", "*.zip")
    ledger = b.fresh("ledger-deliver")
    b.run(b.deed, "-q", "init", "--ledger", ledger)
    script = ('zip -qr "$1/$2.zip" . -x ".git/*" && cd "$1" && sha256sum "$2.zip" >"$2.sum" && '
              'git add "$2.zip" "$2.sum" && git commit -qm delivery')
    is_git = os.path.isdir(os.path.join(tree, ".git"))

    def chain(i):
        return b.time("sh", "-c", script, "sh", peer, f"delivery{i}", cwd=tree)

    def ours(i):
        b.run(b.deed, "-q", "--ledger", ledger, "open", f"D{i}", cwd=b.dir)
        words = [] if is_git else ["."]
        return b.time(b.deed, "-q", "--ledger", ledger, "-o", f"D{i}", "deliver", "-m",
                      "the whole work, ready to use", *words, cwd=tree)

    theirs, mine = in_turn(rounds, chain, ours, warm=warm)
    shutil.rmtree(peer)
    shutil.rmtree(ledger)
    return [ratio("", mine, theirs, target)]


@row("deliver", "`deed deliver`, source tree of 100+ MB", "`zip -qr` + `sha256sum` + `git add` (LFS) + commit")
def deliver_source(b):
    return deliver(b, b.source(), 0.35, 3, 1)


@row("media", "`deed deliver`, 1 GB of media", "the same")
def deliver_media(b):
    return deliver(b, b.media("media", 8, 128 * MB), 0.06, 3, 0)


def archives(b):
    """A ledger that holds 2 GB of deliveries."""
    path = b.path("ledger-archives")
    if not os.path.isdir(path):
        new = b.fresh("ledger-archives.new")
        b.run(b.deed, "-q", "init", "--ledger", new)
        for n in range(2):
            tree = b.media(f"media{n or ''}", 8, 128 * MB)
            if n:  # other bytes under the same names
                for name in glob.glob(tree + "/*"):
                    with open(name, "r+b") as f:
                        f.write(b"another")
            b.run(b.deed, "-q", "--ledger", new, "open", f"A{n}")
            b.run(b.deed, "-q", "--ledger", new, "-o", f"A{n}", "deliver", "-m",
                  "the whole work, ready to use", ".", cwd=tree)
        os.rename(new, path)
    return path


@row("verify", "`deed verify`, 2 GB of archives", "`openssl dgst -sha256` over them")
def verify(b):
    ledger = archives(b)
    files = glob.glob(f"{ledger}/archives/*/*/*.zip")
    theirs, mine = in_turn(
        5, lambda i: b.time("openssl", "dgst", "-sha256", *files),
        lambda i: b.time(b.deed, "--ledger", ledger, "verify"))
    return [ratio("", mine, theirs, 0.6)]


@row("list", "`deed list`, 10,000 orders x 40 entries", "`git log --oneline` of that ledger")
def list_orders(b):
    ledger = b.ledger("ledger-10000", 10000, 40)
    kept = os.path.join(ledger, ".git/deed/roster")
    program = b.slim or b.deed

    def cold(_):
        if os.path.exists(kept):
            os.unlink(kept)
        return b.time(program, "--ledger", ledger, "list")

    log = ("git", "-C", ledger, "log", "--oneline")
    theirs, first = in_turn(3, lambda i: b.time(*log), cold)
    time.sleep(1.1)  # what changed in the last second is read again
    b.run(program, "--ledger", ledger, "list")
    again, warm = in_turn(15, lambda i: b.time(*log),
                          lambda i: b.time(program, "--ledger", ledger, "list"))
    return [ratio("warm: ", warm, again, 0.5), ratio("cold: ", first, theirs, 25)]


@row("sync", "`deed sync`, 10,000 orders, an entry on each side", "`git pull` + `git push`, a line on each side")
def sync(b):
    ledger = b.ledger("ledger-10000", 10000, 40)
    top = b.fresh("sync")

    def place(name):
        return os.path.join(top, name)

    b.run("git", "clone", "-q", "--bare", ledger, place("deed.git"))
    b.run("git", "clone", "-q", "--bare", ledger, place("git.git"))
    for name in "here", "there":
        b.run(b.deed, "-q", "clone", place("deed.git"), place("deed-" + name))
        b.run(b.deed, "-q", "clone", place("git.git"), place("git-" + name))
    orders = sorted(glob.glob(place("git-here") + "/orders/*/*.yaml"))
    one, two = [os.path.relpath(o, place("git-here")) for o in (orders[10], orders[5000])]

    def record(i):
        for where, path in ("here", one), ("there", two):
            b.run(b.deed, "-q", "--ledger", place("deed-" + where), "-o",
                  os.path.basename(path)[:-5], "log", "-m", f"line {i}")
        b.run(b.deed, "-q", "--ledger", place("deed-there"), "sync")
        return b.time(b.deed, "-q", "--ledger", place("deed-here"), "sync")

    def commit(i):
        for where, path in ("here", one), ("there", two):
            with open(os.path.join(place("git-" + where), path), "a", encoding="utf-8") as f:
                f.write(f"# line {i}\n")
            b.run("git", "-C", place("git-" + where), "commit", "-qam", "a line")
        pull = ("git", "pull", "-q", "--no-rebase", "--no-edit")
        b.run(*pull, cwd=place("git-there"))
        b.run("git", "push", "-q", cwd=place("git-there"))
        return (b.time(*pull, cwd=place("git-here"))
                + b.time("git", "push", "-q", cwd=place("git-here")))

    theirs, mine = in_turn(7, commit, record, warm=2)
    shutil.rmtree(top)
    return [ratio("", mine, theirs, 2)]


@row("complete", "an order completed in a shell, of 10,000", "50 ms")
def complete(b):
    ledger = b.ledger("ledger-10000", 10000, 40)
    env = {"PATH": os.path.dirname(b.deed) + ":" + b.env["PATH"], "DEED_DIR": ledger}
    b.run(b.deed, "list", env=env)
    figures = []
    for shell in "bash", "zsh", "fish":
        said = b.run(os.path.join(HERE, "complete.sh"), shell, "9", "deed switch FO00012", env=env)
        ms = statistics.median(int(word) for word in said.split())
        figures.append(Figure(shell + ": ", ms / 50, 1.0, f"{ms} ms"))
    return figures


def npm(b, package):
    """A peer from npm, in a folder of its own."""
    if not os.path.isdir(b.path(f"npm/node_modules/{package}")):
        if shutil.which("npm") is None:
            raise Skip("npm is not installed")
        os.makedirs(b.path("npm"), exist_ok=True)
        # with the user's own settings, which may name a registry
        b.run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix",
              b.path("npm"), package, env=dict(os.environ))
    return b.path("npm")


def whatsapp_chat(b):
    """An export of 100,000 messages."""
    chat = b.path("WhatsApp Chat with Tom.txt")
    rng = random.Random(3)
    # as many words as people use, the common ones far more often
    words = ["".join(rng.choice("aeioulnrstdhmcp") for _ in range(rng.randint(2, 9)))
             for _ in range(4000)]
    weights = [1 / (i + 1) for i in range(len(words))]
    with open(chat, "w", encoding="utf-8") as f:
        for i in range(100000):
            minute = i * 3
            day, rest = divmod(minute, 1440)
            text = " ".join(rng.choices(words, weights, k=rng.randint(3, 18)))
            f.write(f"{day % 28 + 1:02}/{day // 28 % 12 + 1:02}/{2020 + day // 336}, "
                    f"{rest // 60:02}:{rest % 60:02} - {rng.choice(['Jane Dev', 'Tom'])}: {text}\n")
    return chat


@row("whatsapp", "`deed import`, 100,000 WhatsApp messages", "whatsapp-chat-parser (npm)")
def whatsapp(b):
    modules = npm(b, "whatsapp-chat-parser")
    chat = whatsapp_chat(b)
    script = os.path.join(modules, "parse.mjs")
    with open(script, "w", encoding="utf-8") as f:
        f.write("import * as all from 'whatsapp-chat-parser';\nimport fs from 'node:fs';\n"
                "const parse = all.parseString ?? all.default.parseString;\n"
                "const m = parse(fs.readFileSync(process.argv[2], 'utf8'));\n"
                "if (m.length < 100000) process.exit(1);\n")
    ledger = b.fresh("ledger-import")
    b.run(b.deed, "-q", "init", "--ledger", ledger)

    def ours(i):
        b.run(b.deed, "-q", "--ledger", ledger, "open", f"W{i}")
        return b.time(b.deed, "-q", "--ledger", ledger, "-o", f"W{i}", "import",
                      "--tz", "UTC", "--date-order", "dmy", chat)

    theirs, mine = in_turn(5, lambda i: b.time("node", script, chat, cwd=modules), ours)
    return [ratio("", mine, theirs, 0.25)]


def mailbox(b, count):
    """Signed mails in an mbox, the key as a record of DNS, and both paths."""
    box, record, key = b.path("mails.mbox"), b.path("mails.keys"), b.path("mails.pem")
    if not os.path.exists(box):
        signer = (os.path.join(HERE, "../lib/sign-mail.py"), "--key", key,
                  "-d", "client.example", "-s", "s1")
        b.run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
              "-out", key)
        with open(record, "wb") as f:
            f.write(b.run(sys.executable, *signer, "--record"))
        mails = b.run(sys.executable, *signer, "--many", str(count))
        with open(box, "wb") as f:
            f.write(mails)
    return box, record


MAILAUTH = r"""
const { dkimVerify } = require('mailauth/lib/dkim/verify');
const fs = require('node:fs');
const [box, record, count] = process.argv.slice(2);
const value = fs.readFileSync(record, 'utf8').trim().replace(/^[^ ]+ /, '');
const mails = fs.readFileSync(box, 'latin1').split(/^From .*\r?\n/m).slice(1);
(async () => {
  let good = 0;
  for (const mail of mails) {
    const found = await dkimVerify(Buffer.from(mail.replace(/\r\n$/, ''), 'latin1'),
      { resolver: async () => [[value]] });
    good += found.results[0].status.result === 'pass';
  }
  process.exit(good === Number(count) ? 0 : 1);
})();
"""


@row("mails", "`deed import`, 1,000 signed mails, DKIM checked", "mailauth (npm)")
def mails(b):
    modules = npm(b, "mailauth")
    box, record = mailbox(b, 1000)
    script = os.path.join(modules, "check.cjs")
    with open(script, "w", encoding="utf-8") as f:
        f.write(MAILAUTH)
    ledger = b.fresh("ledger-import")
    b.run(b.deed, "-q", "init", "--ledger", ledger)

    def ours(i):
        b.run(b.deed, "-q", "--ledger", ledger, "open", f"M{i}")
        return b.time(b.deed, "-q", "--ledger", ledger, "-o", f"M{i}", "import",
                      "--keys", record, box)

    theirs, mine = in_turn(
        5, lambda i: b.time("node", script, box, record, "1000", cwd=modules), ours)
    last = b.run(b.deed, "--json", "--ledger", ledger, "-o", "M5", "show", "@")
    if b'"result":"pass","messages":1000' not in last and b'"pass"' not in last:
        raise Skip("deed did not confirm the signatures")
    return [ratio("", mine, theirs, 0.25)]


def packing(b, ledger, out):
    return (b.deed, "-q", "--ledger", ledger, "-o", "A0", "dispute", "pack", "--yes",
            "--claim", "not-delivered", "--deliveries", "all", "-O", out)


@row("pack", "`deed dispute pack`, 1 GB of deliveries", "`cp` of them + `sha256sum`")
def pack(b):
    ledger = archives(b)
    files = glob.glob(f"{ledger}/archives/*/A0/*.zip")
    out = b.fresh("packed")

    def copy(_):
        b.fresh("copied")
        return b.time("sh", "-c", 'cp "$@" . && sha256sum *', "sh", *files, cwd=b.path("copied"))

    def ours(_):
        b.fresh("packed")
        return b.time(*packing(b, ledger, out))

    theirs, mine = in_turn(5, copy, ours)
    shutil.rmtree(out)
    shutil.rmtree(b.path("copied"))
    return [ratio("", mine, theirs, 0.25)]


@row("start", "start-up, `deed version`", "`git version`")
def start(b):
    kinds = list(programs(b, None, 1.0))
    theirs, *ours = in_turn(
        40, lambda i: b.time("git", "version"),
        *[lambda i, p=p: b.time(p, "version") for _, p, _ in kinds])
    return [ratio(name, time, theirs, target) for (name, _, target), time in zip(kinds, ours)]


@row("growth", "cost of the n-th entry of one order, n = 1,000 and 10,000", "itself at n = 10")
def growth(b):
    program = b.slim or b.deed
    sizes = [10, 1000, 10000]
    ledgers = [b.ledger(f"ledger-1x{n}", 1, n) for n in sizes]
    sides = [lambda i, l=l: b.time(program, "-q", "log", "-m", f"line {i}",
                                   env={"DEED_DIR": l, "DEED_ORDER": "FO000000"}) for l in ledgers]
    first, *others = in_turn(9, *sides)
    return [ratio(f"n = {n:,}: ", time, first, 4 if n == 1000 else None)
            for n, time in zip(sizes[1:], others)]


@row("memory", "memory of a delivery and its verification (one file of 2 GB), "
     "of a package of 1 GB, of 100,000 messages", "64 MB")
def memory(b):
    tree = b.fresh("sparse")
    with open(os.path.join(tree, "disk.img"), "wb") as f:
        f.truncate(2 << 30)
        f.seek(1 << 30)
        f.write(random.Random(4).randbytes(64 * MB))
    ledger = b.fresh("ledger-memory")
    common = (b.deed, "-q", "--ledger", ledger, "-o", "M")
    b.run(b.deed, "-q", "init", "--ledger", ledger)
    b.run(b.deed, "-q", "--ledger", ledger, "open", "M")
    figures = [
        held("deliver: ", b.memory(*common, "deliver", "-m", "the whole work, ready to use",
                                   ".", cwd=tree)),
        held("verify: ", b.memory(b.deed, "--ledger", ledger, "verify")),
        held("pack: ", b.memory(*packing(b, archives(b), b.fresh("packed")))),
        held("import: ", b.memory(*common, "import", "--tz", "UTC", "--date-order", "dmy",
                                  whatsapp_chat(b))),
    ]
    for name in (tree, ledger, b.path("packed")):
        shutil.rmtree(name)
    return figures


def machine(b):
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    system = b.run("findmnt", "-n", "-o", "FSTYPE", "--target", b.dir).decode().strip()
    git = b.run("git", "version").decode().split()[2]
    return (f"{model}, {os.cpu_count()} cores, {system}, Linux {platform.release()}, git {git}, "
            f"load {os.getloadavg()[0]:.1f} at the end")


def cell(figures, value):
    """The values of a row, each behind its name."""
    return ", ".join(f.name + value(f) for f in figures)


def measure(b, names):
    """Print a line for each row as it is done; the misses."""
    missed = []
    print("| work | beside | at most | measured |\n|---|---|---|---|")
    for name in names:
        work, beside, function = rows[name]
        try:
            figures = function(b)
        except Skip as why:
            print(f"| {work} | {beside} | | not run: {why} |", flush=True)
            missed.append(f"{name}: not run: {why}")
            continue
        targets = cell([f for f in figures if f.target is not None], lambda f: f"{f.target:g}")
        said = cell(figures, lambda f: f"{f.ratio:.2f} ({f.said})")
        print(f"| {work} | {beside} | {targets or 'stated'} | {said} |", flush=True)
        missed += [f"{name}: {f.name}{f.ratio:.2f}, not {f.target:g}"
                   for f in figures if f.target is not None and f.ratio > f.target]
    return missed


def main():
    b = Bench(*sys.argv[1:4])
    names = sys.argv[4:] or list(rows)
    unknown = [name for name in names if name not in rows]
    if unknown:
        sys.exit(f"there is no row {unknown[0]}; there are: {' '.join(rows)}")
    start = time.time()
    missed = measure(b, names)
    print(f"\n{machine(b)}; measured in {(time.time() - start) / 60:.0f} min")
    for line in missed:
        print(f"missed: {line}")
    if not missed:
        print("no row missed its figure")


main()
