#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Sign a mail with DKIM, so that tests have mails to check.

It shares no code with deed-mail: openssl does the arithmetic, the forms are
written down here anew, straight from RFC 6376.

    sign-mail.py --key PEM -d DOMAIN -s SELECTOR [options] <mail >signed
    sign-mail.py --key PEM -d DOMAIN -s SELECTOR --record [--record-tags 't=y']
    sign-mail.py --key PEM -d DOMAIN -s SELECTOR --many N >mbox
"""
import argparse
import base64
import functools
import hashlib
import re
import subprocess
import sys


def openssl(*args, data=b""):
    return subprocess.run(("openssl",) + args, input=data, check=True,
                          stdout=subprocess.PIPE).stdout


def crlf(data):
    return re.sub(rb"\r?\n", b"\r\n", data)


def split(mail):
    head, _, body = mail.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    return fields, body


def relaxed_field(field):
    name, _, value = field.partition(b":")
    value = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b""))
    return name.strip().lower() + b":" + value.strip(b" ")


def relaxed_body(body):
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ")
             for line in body.split(b"\r\n")]
    while lines and lines[-1] == b"":
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def simple_body(body):
    return re.sub(rb"(\r\n)*$", b"", body) + b"\r\n"


@functools.lru_cache(maxsize=None)
def key_type(pem):
    text = openssl("pkey", "-in", pem, "-noout", "-text")
    return "ed25519" if b"ED25519" in text else "rsa"


def record(args):
    der = openssl("pkey", "-in", args.key, "-pubout", "-outform", "DER")
    if key_type(args.key) == "ed25519":
        der = der[-32:]
    elif args.pkcs1:
        der = openssl("rsa", "-in", args.key, "-RSAPublicKey_out",
                      "-outform", "DER")
    tags = "v=DKIM1; k=%s; " % key_type(args.key)
    tags += args.record_tags + "; " if args.record_tags else ""
    name = "%s._domainkey.%s" % (args.selector, args.domain)
    return "%s %sp=%s" % (name, tags, base64.b64encode(der).decode())


def sign_bytes(args, data):
    if key_type(args.key) == "rsa":
        digest = "-sha1" if args.algorithm == "rsa-sha1" else "-sha256"
        return openssl("dgst", digest, "-sign", args.key, data=data)
    with open(args.scratch, "wb") as f:
        f.write(hashlib.sha256(data).digest())
    return openssl("pkeyutl", "-sign", "-rawin", "-inkey", args.key,
                   "-in", args.scratch)


def sign(args, mail):
    fields, body = split(crlf(mail))
    head_form, _, body_form = args.canon.partition("/")
    relaxed = head_form == "relaxed"
    body = (relaxed_body if body_form == "relaxed" else simple_body)(body)
    if args.length is not None:
        body = body[:args.length]
    hash_of = hashlib.sha1 if args.algorithm == "rsa-sha1" else hashlib.sha256
    algorithm = args.algorithm or key_type(args.key) + "-sha256"
    tags = ["v=1", "a=" + algorithm, "c=" + args.canon, "d=" + args.domain,
            "s=" + args.selector, "h=" + args.headers]
    for name in ("length", "time", "expires", "identity"):
        value = getattr(args, name)
        if value is not None:
            tags.append("%s=%s" % ({"length": "l", "time": "t",
                                    "expires": "x", "identity": "i"}[name],
                                   value))
    tags += args.tag
    tags.append("bh=" + base64.b64encode(hash_of(body).digest()).decode())
    own = ("DKIM-Signature: " + ";\r\n\t".join(tags + ["b="])).encode()
    form = relaxed_field if relaxed else lambda field: field
    left = list(fields)
    signed = b""
    for name in args.headers.lower().encode().split(b":"):
        for field in reversed(left):
            if field.partition(b":")[0].strip().lower() == name:
                left.remove(field)
                signed += form(field) + b"\r\n"
                break
    text = base64.b64encode(sign_bytes(args, signed + form(own))).decode()
    folded = "\r\n\t ".join(re.findall(".{1,64}", text))
    return own + folded.encode() + b"\r\n"


def options():
    p = argparse.ArgumentParser()
    p.add_argument("--key", required=True)
    p.add_argument("-d", dest="domain", required=True)
    p.add_argument("-s", dest="selector", required=True)
    p.add_argument("-c", dest="canon", default="relaxed/relaxed")
    p.add_argument("--headers", default="from:to:subject:date:message-id")
    p.add_argument("--algorithm", default="")
    p.add_argument("--length", type=int)
    p.add_argument("--time", type=int)
    p.add_argument("--expires", type=int)
    p.add_argument("--identity")
    p.add_argument("--tag", action="append", default=[])
    p.add_argument("--record", action="store_true")
    p.add_argument("--record-tags", default="")
    p.add_argument("--pkcs1", action="store_true")
    p.add_argument("--many", type=int)
    p.add_argument("--scratch", default="sign-mail.tmp")
    return p.parse_args()


def many(args):
    for i in range(args.many):
        mail = b"""From: Buyer %d <buyer@%s>
To: Seller <seller@example.org>
Subject: Message %d about the order
Date: Mon, 23 Nov 2026 10:%02d:%02d +0000
Message-ID: <%d@%s>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

""" % (i, args.domain.encode(), i, i // 60 % 60, i % 60, i,
            args.domain.encode())
        for j in range(20 + i % 40):
            mail += b"Line %d of message %d, as people write them.\n" % (j, i)
        mail = crlf(mail)
        sys.stdout.buffer.write(b"From buyer Mon Nov 23 10:00:00 2026\r\n" +
                                sign(args, mail) + mail + b"\r\n")


def main():
    args = options()
    if args.record:
        print(record(args))
    elif args.many:
        many(args)
    else:
        mail = sys.stdin.buffer.read()
        sys.stdout.buffer.write(sign(args, mail) + mail)


main()
