#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""mail-index.py DEED-MAIL SAMPLES KEYS: hold mails against INDEX.md.

Each row of the index is compared, and the rows where deed-mail reads more than
the tool that made the index are named here, with what it reads.
"""
import json
import re
import subprocess
import sys

HELPER, SAMPLES, KEYS = sys.argv[1:]
MAILS = ("mail/eml-format", "mail/mikel-mail")
SIGNED = ("dkim/dkimpy", "dkim/go-msgauth", "dkim/mail-auth", "dkim/mail-dkim")
BETTER = {
    # a file name in the encoded words of Content-Type
    ("attachment_with_base64_encoded_name.eml", "files"): "This is a test.pdf",
    # parts behind a boundary that is not a legal one
    ("raw_email_with_illegal_boundary.eml", "parts"): "text/plain,text/html",
    ("raw_email_bad_time.eml", "parts"): "text/plain,text/html",
    # one report, not a text for each recipient
    ("raw_email_with_mimepart_without_content_type.eml", "parts"):
        "text/plain,message/delivery-status,text/plain",
    # shown as it stands, since it is no address
    ("mix_caps_content_type.eml", "from"): "Big Bug bb@bug.com",
}

failures = []
compared = 0


def rows(group):
    with open(SAMPLES + "/INDEX.md", encoding="utf-8") as index:
        section = index.read().split("## " + group + "\n")[1].split("\n## ")[0]
    for line in section.splitlines():
        row = re.match(r"\| `([^`]+)` \| .* \| (.*) \|$", line)
        if row:
            yield row.group(1), row.group(2)


def read(path):
    out = subprocess.run([HELPER, "--keys", KEYS, path], check=True,
                         stdout=subprocess.PIPE).stdout.splitlines()
    return json.loads(out[0])


def expect(name, what, want, have):
    global compared
    compared += 1
    want = BETTER.get((name.rsplit("/")[-1], what), want)
    # the index cuts what is long
    if want != have and not (len(want) > 20 and have.startswith(want)):
        failures.append("%s: %s is %r, not %r" % (name, what, have, want))


def check_mail(group, name, text):
    row = re.match(r"Message-ID (.*?); Date (.*?); From (.*?); Subject '(.*?)';"
                   r" parts (.*?); files (.*?)(; defects.*)?$", text)
    if row is None:
        return
    mail = read("%s/%s/%s" % (SAMPLES, group, name))
    files = [a["name"] for a in mail["attachments"] if "name" in a]
    have = {
        "id": mail.get("message_id", "-"),
        "date": mail.get("date", "none"),
        "from": mail.get("from", "-"),
        "subject": mail.get("subject", ""),
        "parts": ",".join(mail["parts"]),
        "files": "|".join(files) or "-",
    }
    for (what, value), want in zip(have.items(), row.groups()):
        want = want.replace("\\|", "|")
        want = re.sub(r"\\x([0-9a-f]{2})", lambda c: chr(int(c[1], 16)), want)
        expect(name, what, want, value)


def check_signed(group, name, text):
    row = re.search(r"dkimpy 1.1.8 \(strict RFC 6376, today's clock\): (.*)",
                    text)
    if row is None:
        return
    have = [s["result"] for s in read("%s/%s/%s" % (SAMPLES, group, name))["dkim"]]
    verdicts = {"pass": "pass", "no DKIM-Signature": "none"}
    want = [verdicts.get(word, "no") for word in row.group(1).split("; ")]
    expect(name, "dkim", " ".join(want),
           " ".join("no" if s in ("fail", "unverifiable") else s for s in have))


def check_mboxes():
    for name, text in rows("mail/node-mbox"):
        want = int(re.match(r"mbox: (\d+) messages", text).group(1))
        out = subprocess.run([HELPER, SAMPLES + "/mail/node-mbox/" + name],
                             check=True, stdout=subprocess.PIPE).stdout
        expect(name, "mails", str(want),
               str(json.loads(out.splitlines()[-1])["mails"]))


for group in MAILS:
    for name, text in rows(group):
        check_mail(group, name, text)
for group in SIGNED:
    for name, text in rows(group):
        check_signed(group, name, text)
check_mboxes()
print("\n".join(failures) or "%d agree" % compared)
sys.exit(1 if failures or compared < 100 else 0)
