#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Let every call by which deed changes the disk go wrong, one after another.

usage: faults.py DEED SHIM DIR [--every N] [--modes M,...] [--commands C,...]

For each command a home is made in DIR, the calls of one good run are counted,
and then the run is repeated on a copy of that home with the first, the second,
... call failing (see tests/lib/faults.c for SHIM and the modes).  After each:

- the ledger holds the old entries or the new ones, whatever died;
- what was printed on stdout is recorded; exit 0 means recorded, else there is
  one sentence on stderr, and it says so if it was recorded all the same;
- verify is content, the next record is taken, git sees nothing changed, no
  lock and no temporary file is left, and what had to be mended was mentioned.

One line for each finding, at last the figures.  Exit 1 if there were findings.
"""
import argparse
import collections
import os
import re
import shutil
import signal
import subprocess
import sys
import time

NOW = "2026-11-20T10:00:00Z"
LATER = "2026-11-21T10:00:00Z"
NEXT = "2026-11-22T10:00:00Z"
CHAT = """[20/11/2026, 09:00:01] Jane Dev: here is the plan
[20/11/2026, 09:01:30] Bob Buyer: fine, go on
[20/11/2026, 09:05:00] Bob Buyer: and please blue
"""
SECRET = "the-password-is-tulip-seven"


class World:
    """A home with a project, and what has to stand in it before a command."""

    def __init__(self, deed, shim, top):
        self.deed, self.shim = deed, shim
        self.home = os.path.join(top, "home")
        self.base = os.path.join(top, "base")
        self.count = os.path.join(top, "count")
        self.log = os.path.join(top, "log")
        self.project = os.path.join(self.home, "work")
        self.ledger = os.path.join(self.home, ".local/share/deed/ledger")
        self.server = None
        self.entry = None  # what the command is about, if its id is drawn
        self.env = {k: v for k, v in os.environ.items()
                    if not re.match(r"(GIT|DEED|XDG)_|CI$|EDITOR$|VISUAL$|SUDO_UID$", k)}
        self.env.update(HOME=self.home, TZ="UTC", LC_ALL="C.UTF-8", GIT_CONFIG_NOSYSTEM="1",
                        GIT_CONFIG_GLOBAL=self.home + "/.gitconfig", DEED_NOW=NOW,
                        GIT_AUTHOR_DATE="2026-11-19T10:00:00Z",
                        GIT_COMMITTER_DATE="2026-11-19T10:00:00Z")

    def run(self, *words, cwd=None, **more):
        """Words behind "<" are what it reads."""
        words, data = list(words), b""
        if "<" in words:
            at = words.index("<")
            words, data = words[:at], "\n".join(words[at + 1:]).encode()
        return subprocess.run(words, cwd=cwd or self.project, env=dict(self.env, **more),
                              input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, start_new_session=True, check=False)

    def do(self, *words, **more):
        done = self.run(*words, **more)
        if done.returncode != 0:
            sys.exit("cannot prepare: %s: %s" % (words, done.stderr.decode()))
        return done.stdout.decode()

    def begin(self):
        for path in (self.home, self.base):
            shutil.rmtree(path, ignore_errors=True)
        os.makedirs(self.project)
        os.mkdir(self.home + "/Downloads")
        self.write(".gitconfig", "[user]\nname = Jane Dev\nemail = jane@example.org\n"
                   "[init]\ndefaultBranch = main\n[gc]\nauto = 0\n", self.home)
        self.do("git", "init", "-q")
        self.write("main.c", "int main(void) { return 0; }\n")
        self.do("git", "add", ".")
        self.do("git", "commit", "-qm", "a first version")

    def write(self, name, text, folder=None):
        with open(os.path.join(folder or self.project, name), "w", encoding="utf-8") as f:
            f.write(text)

    def save(self):
        os.rename(self.home, self.base)

    def restore(self):
        shutil.rmtree(self.home, ignore_errors=True)
        subprocess.run(["cp", "-a", self.base, self.home], check=True)

    def trial(self, words, at, mode):
        """Run deed with the at-th call going wrong."""
        with open(self.count, "wb") as f:
            f.write(bytes(8))
        if os.path.exists(self.log):
            os.unlink(self.log)
        return self.run(self.deed, *words, LD_PRELOAD=self.shim, FAULT_COUNT=self.count,
                        FAULT_LOG=self.log, FAULT_AT=str(at), FAULT_MODE=mode, DEED_NOW=LATER)

    def calls(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return [line.split(" ", 2) for line in f]


def ready(w):
    w.do(w.deed, "-q", "init")
    w.do(w.deed, "-q", "open", "FO1", "--platform", "fiverr", "--requirement", "a page")
    w.do(w.deed, "-q", "log", "-m", "a first note")


def delivered(w):
    ready(w)
    w.do(w.deed, "-q", "deliver", "-m", "the first version, ready to run")
    w.write("main.c", "int main(void) { return 1; }\n")
    w.do("git", "commit", "-qam", "a second version")


def chat(w):
    ready(w)
    w.write("chat.txt", CHAT)


def talked(w):
    ready(w)
    w.do(w.deed, "-q", "log", "-k", "call", "--channel", "zoom", "--off-platform", "-m", "in blue")


def disputed(w):
    delivered(w)
    w.do(w.deed, "-q", "dispute", "open", "--claim", "late", "-m", "too late")


def mail(w):
    ready(w)
    w.write("mail.eml", "From: bob@example.org\nTo: jane@example.org\n"
            "Date: Fri, 20 Nov 2026 09:00:00 +0000\nSubject: go on\n\nfine\n")


def detached(w):
    ready(w)
    w.do(w.deed, "-q", "deliver", "--ci", "--detach", "d.zip")


def stamped(w):
    """An authority on the loopback answers, of a root that nobody trusts."""
    lib, place = os.path.dirname(os.path.abspath(__file__)), w.home + ".authority"
    delivered(w)
    if not os.path.exists(place):
        subprocess.run(["bash", "-c", ". %s/authority.bash; authority %s Test" % (lib, place)], check=True)
        w.server = subprocess.Popen([sys.executable, lib + "/authority.py", place])
        while not os.path.exists(place + "/port"):
            time.sleep(0.05)
    with open(place + "/port", encoding="utf-8") as f:
        url = "http://127.0.0.1:%s/good" % f.read().strip()
    w.do("git", "config", "--global", "deed.tsa", url)


def pointers(w):
    """An archive that came from elsewhere, without its bytes."""
    two_ledgers(w)
    other = w.home + "/other"
    w.do(w.deed, "-q", "--ledger", other, "-o", "FO1", "deliver", "-m", "the page, ready to run")
    w.do(w.deed, "-q", "--ledger", other, "sync", cwd=w.home)
    w.do(w.deed, "-q", "sync")


def two_ledgers(w):
    """Both sides have an order the other lacks, and one grew on both."""
    ready(w)
    remote, other = w.home + "/remote.git", w.home + "/other"
    w.do("git", "init", "-q", "--bare", remote)
    w.do("git", "-C", w.ledger, "remote", "add", "origin", "file://" + remote)
    w.do(w.deed, "-q", "sync")
    w.do(w.deed, "-q", "clone", "file://" + remote, other, cwd=w.home)
    w.do(w.deed, "-q", "--ledger", other, "open", "FO2", cwd=w.home)
    w.do(w.deed, "-q", "--ledger", other, "-o", "FO1", "log", "-m", "from the other", cwd=w.home)
    w.do(w.deed, "-q", "--ledger", other, "sync", cwd=w.home)
    w.do(w.deed, "-q", "log", "-m", "from here")


def secret(w):
    """A message with a file that must go for ever; more came after it."""
    ready(w)
    w.write("key.txt", SECRET)
    w.entry = w.do(w.deed, "-z", "log", "-k", "message", "--attach", "key.txt", "-m", SECRET).strip("\0\n")
    w.do(w.deed, "-q", "log", "-m", "a note more")


def secret_is_left(w, ledger):
    """Is it in an object of git, of Git LFS, or in a file?"""
    every = w.run("git", "cat-file", "--batch-all-objects", "--batch", "--unordered", cwd=ledger)
    files = w.run("grep", "-rl", SECRET, ".", cwd=ledger)
    return ("in git " if SECRET.encode() in every.stdout else "") + files.stdout.decode()


COMMANDS = {
    "init": (lambda w: None, ["init"]),
    "open": (ready, ["open", "FO9", "--buyer", "Bob", "--requirement", "a page"]),
    "log": (ready, ["log", "-m", "one"]),
    "batch": (ready, ["log", "--batch", "<", '{"text":"one"}', '{"kind":"message","text":"two"}', ""]),
    "recap": (talked, ["recap", "--posted", "@"]),
    "attach": (ready, ["log", "-k", "file", "--attach", "main.c", "-m", "as it was"]),
    "deliver": (delivered, ["deliver", "-m", "the second version, ready to run"]),
    "submit": (delivered, ["submit", "d1"]),
    "accept": (delivered, ["accept", "d1", "-m", "thanks, it works"]),
    "revise": (delivered, ["revise", "-m", "make it blue", "--fix", "the colour"]),
    "scope": (delivered, ["scope", "add", "-m", "a second page"]),
    "cancel": (delivered, ["cancel", "--by", "buyer", "--reason", "no time"]),
    "correct": (delivered, ["correct", "@", "--void", "-m", "by mistake"]),
    "complete": (ready, ["complete", "--submitted", "--anyway", "as he asked", "-m", "all of it is here"]),
    "adopt": (ready, ["adopt", "FO7", "--opened", "2026-11-19", "--deliver", "HEAD", "--yes"]),
    "dispute": (delivered, ["dispute", "open", "--claim", "late", "-m", "too late"]),
    "answer": (disputed, ["dispute", "answer", "-m", "it was there on the day"]),
    "close": (disputed, ["dispute", "close", "-m", "he took it back"]),
    "stamp": (stamped, ["stamp"]),
    "import": (chat, ["import", "chat.txt", "--tz", "UTC"]),
    "mail": (mail, ["import", "mail.eml"]),
    "detached": (detached, ["import", "d.zip"]),
    "erase": (secret, ["erase", "ENTRY", "--yes"]),
    "pack": (delivered, ["dispute", "pack", "--yes"]),
    "here": (lambda w: None, ["init", "--here"]),
    "sync": (two_ledgers, ["sync"]),
    "fetch": (pointers, ["sync", "--fetch"]),
    "clone": (two_ledgers, ["clone", "FILE", "DIR"]),
}


def state(w, ledger):
    """What the last commit holds, but for what differs from run to run."""
    if not os.path.exists(ledger + "/.git"):
        return "no ledger"
    names = w.run("git", "ls-tree", "-r", "HEAD", cwd=ledger)
    if names.returncode != 0:
        return "broken: " + names.stderr.decode()
    text = []
    for line in names.stdout.decode().splitlines():
        what, name = line.split("\t")
        blob = w.run("git", "cat-file", "blob", what.split()[2], cwd=ledger).stdout.decode() \
            if name.startswith("orders/") else ""
        text.append(name + "\n" + blob)
    flat = re.sub(r"[0-9a-f]{12,}", "X", "\n".join(text))
    flat = re.sub(r"(?m)^after:.*", "after", flat)
    return re.sub(r"size: \d+", "size", flat)


def leftovers(w, ledger):
    """Files nobody will want again."""
    found = []
    for top, folders, files in os.walk(w.home):
        for name in files + folders:
            path = os.path.join(top, name)
            if top.startswith(w.home + "/remote.git"):
                continue
            if name.endswith((".lock", ".deed-clone")) \
                    or name.startswith((".deed-", "tmp_object_git2", "journal")) \
                    or re.search(r"\.git/deed/(tmp|scratch)/.", path):
                found.append(os.path.relpath(path, w.home))
    return found


class Tally:
    def __init__(self):
        self.findings, self.trials = 0, collections.Counter()

    def find(self, what, *detail):
        self.findings += 1
        print("FINDING %s: %s" % (what, " | ".join(str(d) for d in detail)), flush=True)


def age_locks(w):
    """A user takes longer than we do to come back, and git has told him what
    to do about its locks in what is not ours: his project, the server."""
    for top, _, files in os.walk(w.home):
        for name in files:
            path = os.path.join(top, name)
            if name.endswith(".lock") and top.startswith((w.project, w.home + "/remote.git")):
                os.unlink(path)
            elif name.endswith(".lock"):
                os.utime(path, (1, 1))


def judge(tally, what, words, done, before, states):
    """The promises that hold right after the fault."""
    out, err = done.stdout.decode().strip(), done.stderr.decode()
    old, new = states
    killed = done.returncode == -signal.SIGKILL
    sentences = [x for x in err.splitlines() if x.startswith("deed: ")
                 and not x.startswith("deed: warning: ")]
    if before not in states:
        tally.find(what, "neither old nor new", before[:3000])
    if out and before == old and old != new:
        tally.find(what, "printed but not recorded", out)
    if not killed and done.returncode not in (0, 2):
        tally.find(what, "exit status", done.returncode, err)
    if done.returncode == 0 and before != new:
        tally.find(what, "exit 0 but not recorded", err)
    if done.returncode == 2 and not sentences:
        tally.find(what, "no sentence", err)
    if done.returncode == 2 and before == new and words[0] not in ("init", "clone", "sync") \
            and "recorded" not in err and "the same command ends it" not in err:
        tally.find(what, "recorded, but does not say so", err)


def recover(w, tally, what, killed, words, ledger):
    """What the next commands have to make good."""
    age_locks(w)
    dirty = os.path.exists(ledger + "/.git/deed/journal")
    said, here = "", ["--ledger", ledger]
    if not os.path.exists(ledger + "/.git"):
        again = w.run(w.deed, *words, DEED_NOW=NEXT)
        if again.returncode != 0:
            tally.find(what, "cannot be done again", again.stderr.decode())
            return
        said += again.stderr.decode()
    for step in (["-o", "FO1", "log"] if words[0] != "init" else ["list"], ["verify"]):
        done = w.run(w.deed, *here, *step, DEED_NOW=NEXT)
        said += done.stderr.decode()
        if done.returncode != 0:
            tally.find(what, " ".join(step), done.returncode,
                       (done.stdout + done.stderr).decode()[-600:])
    step = ["open", "FO77"] if words[0] == "init" else ["-o", "FO1", "log", "-m", "the next"]
    done = w.run(w.deed, *here, *step, DEED_NOW=NEXT)
    said += done.stderr.decode()
    if done.returncode != 0:
        tally.find(what, "the next record", done.stderr.decode())
    if dirty and "interrupted" not in said:
        tally.find(what, "mended but did not say so")
    if words[:2] in (["sync"], ["sync", "--fetch"], ["dispute", "pack"]) or words[0] == "deliver":
        done = w.run(w.deed, *words, DEED_NOW=NEXT)
        if done.returncode != 0:
            tally.find(what, "again", done.stderr.decode())
    if words[0] == "erase":
        done = w.run(w.deed, *words, DEED_NOW=NEXT)
        if done.returncode != 0 or secret_is_left(w, ledger):
            tally.find(what, "not erased by the same again", done.returncode,
                       secret_is_left(w, ledger), done.stderr.decode())
    for git in (["status", "--porcelain", "--untracked-files=all"],
                ["fsck", "--no-dangling", "--no-progress"]):
        done = w.run("git", *git, cwd=ledger)
        if done.stdout or done.returncode != 0:
            tally.find(what, "git " + git[0], done.stdout.decode(), done.stderr.decode())
    if killed and leftovers(w, ledger):
        tally.find(what, "left behind", leftovers(w, ledger))


def points(calls, mode, every, phase):
    """Which calls to let go wrong; a fault of room needs a call for room."""
    short = [n for n, (_, call, _) in enumerate(calls, 1) if call in ("write", "pwrite")]
    wanted = short if mode == "short" else range(1, len(calls) + 1)
    return [n for i, n in enumerate(wanted) if i % every == phase % every]


def attack(w, tally, name, args):
    prepare, words = COMMANDS[name]
    ledger = w.ledger
    if name == "here":
        ledger = w.project + "/.deed"
    if name == "clone":
        ledger = w.home + "/third"
        words = ["clone", "file://" + w.home + "/remote.git", ledger]
    w.begin()
    prepare(w)
    words = [w.entry if word == "ENTRY" else word for word in words]
    w.save()
    w.restore()
    old = state(w, ledger)
    done = w.trial(words, 0, "io")
    if done.returncode != 0:
        sys.exit("%s fails by itself: %s" % (name, done.stderr.decode()))
    calls, states = w.calls(), (old, state(w, ledger))
    for phase, mode in enumerate(args.modes):
        for at in [args.only] if args.only else points(calls, mode, args.every, phase * 5 + len(name)):
            w.restore()
            done = w.trial(words, at, mode)
            seen = w.calls()
            call = seen[at - 1][1:] if at <= len(seen) else ["(not reached)", ""]
            what = "%s, %s at %d, %s %s" % (
                name, mode, at, call[0], call[1].strip().replace(w.home, "~"))
            tally.trials[mode] += 1
            if args.only:
                print(done.stderr.decode())
            judge(tally, what, words, done, state(w, ledger), states)
            recover(w, tally, what, mode == "kill", words, ledger)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("deed")
    p.add_argument("shim")
    p.add_argument("dir")
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--only", type=int, help="this call alone")
    p.add_argument("--modes", type=lambda s: s.split(","), default=["kill", "io", "full", "short"])
    p.add_argument("--commands", type=lambda s: s.split(","), default=list(COMMANDS))
    args = p.parse_args()
    started, tally = time.time(), Tally()
    w = World(os.path.abspath(args.deed), os.path.abspath(args.shim), os.path.abspath(args.dir))
    try:
        for name in args.commands:
            attack(w, tally, name, args)
    finally:
        if w.server is not None:
            w.server.terminate()
        shutil.rmtree(w.home + ".authority", ignore_errors=True)
    print("%d faults (%s) in %d commands, %d findings, %d s" % (
        sum(tally.trials.values()),
        ", ".join("%s %d" % x for x in tally.trials.items()),
        len(args.commands), tally.findings, time.time() - started))
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
