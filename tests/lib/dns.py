#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""dns.py KEYS: answer questions for TXT records from a file of key records.

Prints the port it listens on, at 127.0.0.1, and answers until it is killed.
Texts are cut into strings of 100 bytes, as long records are in real zones.
"""
import socket
import struct
import sys

records = {}
with open(sys.argv[1], encoding="ascii") as keys:
    for line in keys:
        name, _, text = line.strip().partition(" ")
        records[name.lower()] = text.encode()

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    query, client = server.recvfrom(4096)
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += 1 + query[at]
    question = query[12:at + 5]
    text = records.get(".".join(labels))
    flags = 0x8180 if text is not None else 0x8183
    answer = query[:2] + struct.pack(">HHHHH", flags, 1, text is not None, 0, 0)
    answer += question
    if text is not None:
        pieces = [text[i:i + 100] for i in range(0, len(text), 100)]
        data = b"".join(bytes([len(p)]) + p for p in pieces)
        answer += struct.pack(">HHHIH", 0xc00c, 16, 1, 60, len(data)) + data
    server.sendto(answer, client)
