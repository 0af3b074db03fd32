#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Play the session of a README in a terminal, and draw what it shows.

usage: session.py README DEED FIXED >session.svg

The commands of its "console" fences are typed in one after the other, in a home
that is thrown away.  FIXED is tests/lib/fixed.c to preload: it is then the time
that stands before a fence, <!-- at: 2026-11-22T08:30:00Z -->, and every command
takes a minute.  What is printed is drawn as it is, but for the home, and for
the lines that the fence itself leaves out ("...").
"""
import fcntl
import html
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata
from datetime import datetime

COLUMNS, ROWS = 96, 500  # so high that nothing is paged
CELL, LINE, SIDE, TOP = 8.4, 19, 18, 54  # pixels
PAUSE = 1.6  # seconds until the next command

STYLE = """
svg { --paper: #fdfcfa; --bar: #f0ede6; --rule: #d9d4c8; --ink: #24272b;
  --soft: #6d727a; --prompt: #1d6240; --red: #a3231f; --green: #1d6240;
  --yellow: #8a5a00; --blue: #17507d; --magenta: #6a3d86; --cyan: #0b6470 }
@media (prefers-color-scheme: dark) {
  svg { --paper: #16181b; --bar: #22262b; --rule: #3a4047; --ink: #e3e0d9;
    --soft: #969ca5; --prompt: #8fd3ab; --red: #ff9b90; --green: #8fd3ab;
    --yellow: #e8c07a; --blue: #93c5ee; --magenta: #d3aee8; --cyan: #8ad6df }
}
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas,
  "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace; fill: var(--ink);
  white-space: pre }
.bar { fill: var(--soft); font-size: 13px; text-anchor: middle }
.p { fill: var(--prompt) } .b, .c { font-weight: bold } .d { fill: var(--soft) }
.f31 { fill: var(--red) } .f32 { fill: var(--green) } .f33 { fill: var(--yellow) }
.f34 { fill: var(--blue) } .f35 { fill: var(--magenta) } .f36 { fill: var(--cyan) }
g { animation: appear .25s backwards }
@keyframes appear { from { opacity: 0 } }
@media (prefers-reduced-motion: reduce) { g { animation: none } }
""".strip()


def steps(readme):
    """(time, command, [line shown]) for each command of the fences."""
    when, inside, more, found = 0, False, False, []
    for line in open(readme, encoding="utf-8").read().splitlines():
        at = re.fullmatch(r"<!-- at: (\S+) -->", line)
        if at:
            when = int(datetime.fromisoformat(at[1].replace("Z", "+00:00")).timestamp())
        elif line.startswith("```"):
            inside = line == "```console"
        elif inside and more:
            found[-1][1].append(line)
        elif inside and line.startswith("$ "):
            found.append((when, [line[2:]], []))
            when += 60
        elif inside:
            found[-1][2].append(line)
        more = inside and line.endswith("\\")
    return [(at, "\n".join(command), shown) for at, command, shown in found]


class Home:
    """A home with a project in it, as it is on the first day."""

    def __init__(self, top, deed, fixed):
        self.deed, self.top, self.page = deed, top, top + "/page"
        self.env = {"HOME": top, "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
                    "PATH": os.path.dirname(deed) + ":" + os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        self.fixed = fixed
        os.mkdir(self.page)
        for name, text in ("index.html", "<h1>hello</h1>\n"), ("form.html", "<form></form>\n"):
            with open(self.page + "/" + name, "w", encoding="utf-8") as f:
                f.write(text)

    def start(self, when):
        run = lambda *words: subprocess.run(["git", *words], cwd=self.page, check=True, env={
            **self.env, "GIT_AUTHOR_DATE": "@%d +0000" % when, "GIT_COMMITTER_DATE": "@%d +0000" % when})
        run("config", "--global", "user.name", "Jane Dev")
        run("config", "--global", "user.email", "jane@example.org")
        run("config", "--global", "init.defaultBranch", "main")
        run("init", "-q")
        run("add", ".")
        run("commit", "-qm", "The page and its form")

    def play(self, when, command):
        """What the terminal shows after a command, as lines."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        shell = subprocess.Popen(["bash", "-c", "export LD_PRELOAD=%s; %s" % (self.fixed, command)],
                                 stdin=theirs, stdout=theirs, stderr=theirs, cwd=self.page,
                                 start_new_session=True, env={**self.env, "FIXED_NOW": str(when)})
        os.close(theirs)
        said = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # nobody writes to it any more
                break
            said += piece
        else:
            shell.kill()
            sys.exit("this waits for ever: " + command)
        shell.wait()
        os.close(ours)
        text = said.decode().replace("\r\n", "\n").replace(self.top, "/home/jane")
        return [re.sub(r".*\r\x1b\[K", "", line) for line in text.splitlines()]


def plain(line):
    """A line without what sets colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def pattern(line):
    """The same line with any ids and times; both differ from what a reader may find in a fence."""
    line = re.sub(r"\d{8}T\d{6}Z|\d{4}-\d\d-\d\d([ T][\d:]+Z?)?", "WHEN", plain(line))
    return re.sub(r"\b[0-9a-f]{8,64}\b", "ID", line)


def leave_out(printed, shown):
    """Of the lines printed those that are shown; "..." is for any others."""
    if not shown:
        return printed
    kept, at = [], 0
    for i, line in enumerate(shown):
        if line == "...":
            after = pattern(shown[i + 1]) if i + 1 < len(shown) else None
            while at < len(printed) and pattern(printed[at]) != after:
                at += 1
            kept.append("\x1b[2m...\x1b[m")
        elif at < len(printed) and pattern(printed[at]) == pattern(line):
            kept.append(printed[at])
            at += 1
        else:
            sys.exit("not as shown: %s\nprinted: %s" % (line, "\n".join(printed[at:])))
    return kept


def width(c):
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def rows(line):
    """A line as rows of the terminal: each a list of [class, text, columns]."""
    out, style, at = [[]], set(), 0
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if code:
            for n in code[1].split(";"):
                if n in ("", "0"):
                    style = set()
                else:
                    style.add({"1": "b", "2": "d"}.get(n, "f" + n))
            continue
        for c in part:
            if at + width(c) > COLUMNS:
                out.append([])
                at = 0
            name = " ".join(sorted(style))
            runs = out[-1]
            # columns stay columns in any font: a run is of one width
            if not runs or runs[-1][0] != name or (width(c) and width(c) != runs[-1][3]):
                runs.append([name, "", 0, width(c) or 1])
            runs[-1][1] += c
            runs[-1][2] += width(c)
            at += width(c)
    return out


def draw_row(runs, y):
    out, at = [], 0
    for name, text, columns, _ in runs:
        if text.strip():
            out.append('<text x="%g" y="%d" textLength="%g" lengthAdjust="spacingAndGlyphs"%s>%s</text>' % (
                SIDE + at * CELL, y, columns * CELL, ' class="%s"' % name if name else "", html.escape(text, False)))
        at += columns
    return "".join(out)


def draw(played):
    """The SVG; played is [(command, [line])]."""
    y, body = TOP, []
    for i, (command, lines) in enumerate(played):
        body.append('<g style="animation-delay:%gs">' % (i * PAUSE))
        for j, line in enumerate(command.split("\n")):
            head = "\x1b[32m$\x1b[m " if j == 0 else ""
            for runs in rows(head + "\x1b[1m" + line + "\x1b[m"):
                body.append(draw_row(runs, y))
                y += LINE
        for line in lines:
            for runs in rows(line):
                body.append(draw_row(runs, y))
                y += LINE
        body.append("</g>")
        y += 5
    wide, high = 2 * SIDE + COLUMNS * CELL, y
    return "\n".join([
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" '
        'aria-labelledby="t">' % (wide, high, wide, high),
        '<title id="t">A session with deed in a terminal</title>',
        "<style>" + STYLE + "</style>",
        '<rect x=".5" y=".5" width="%g" height="%g" rx="9" fill="var(--paper)" stroke="var(--rule)"/>' % (
            wide - 1, high - 1),
        '<path d="M.5 30.5v-21a9 9 0 0 1 9-9h%ga9 9 0 0 1 9 9v21z" fill="var(--bar)"/>' % (wide - 19),
        '<text class="bar" x="%g" y="20">~/page</text>' % (wide / 2),
        *body, "</svg>", ""])


def main():
    readme, deed, fixed = sys.argv[1], *map(os.path.abspath, sys.argv[2:4])
    todo = steps(readme)
    with tempfile.TemporaryDirectory() as top:
        home = Home(top, deed, fixed)
        home.start(todo[0][0] - 3600)
        played = [(command, leave_out(home.play(when, command), shown)) for when, command, shown in todo]
    sys.stdout.write(draw(played))


main()
