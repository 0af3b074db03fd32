#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""git-server.py DIR: the bare repositories in DIR over HTTP, as a host serves
them: git's own http-backend, and Git LFS objects by the batch API.

Whoever reads or writes must give the name jane and the password "a secret";
tom, with "another", may read only.  The port goes to DIR/port.
"""
import base64
import hashlib
import http.server
import json
import os
import subprocess
import sys
import urllib.parse

ROOT = os.path.abspath(sys.argv[1])
PEOPLE = {"jane": "a secret", "tom": "another"}


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def who(self):
        """The name given, if the password is right."""
        kind, _, word = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return None
        name, _, password = base64.b64decode(word).decode().partition(":")
        return name if PEOPLE.get(name) == password else None

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def read(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while True:
            size = int(self.rfile.readline(), 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def object(self, oid):
        return os.path.join(ROOT, "objects", oid)

    def batch(self, body):
        """What is to be sent, and where to: the basic transfer adapter."""
        asked = json.loads(body)
        repository = self.path.partition("/info/lfs/")[0]
        for item in asked["objects"]:
            there = os.path.exists(self.object(item["oid"]))
            if asked["operation"] == "download" and not there:
                item["error"] = {"code": 404, "message": "not here"}
            elif (asked["operation"] == "download") == there:
                item["actions"] = {asked["operation"]: {
                    "href": "http://%s%s/object/%s" % (
                        self.headers["Host"], repository, item["oid"]),
                    "header": {"Authorization": self.headers["Authorization"]}}}
        self.answer(200, json.dumps({"transfer": "basic", "objects": asked["objects"]}).encode(),
                    Content_Type="application/vnd.git-lfs+json")

    def backend(self, body):
        path, _, query = self.path.partition("?")
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": ROOT, "GIT_HTTP_EXPORT_ALL": "1",
               "REQUEST_METHOD": self.command, "PATH_INFO": urllib.parse.unquote(path),
               "QUERY_STRING": query, "REMOTE_USER": self.who(), "REMOTE_ADDR": "127.0.0.1",
               "CONTENT_TYPE": self.headers.get("Content-Type", ""),
               "CONTENT_LENGTH": str(len(body)),
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
               "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        said = subprocess.run(["git", "http-backend"], input=body, env=env,
                              stdout=subprocess.PIPE, check=True).stdout
        head, _, rest = said.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(headers.pop("Status", "200").split()[0])
        self.answer(status, rest, **headers)

    def serve(self):
        body = self.read()
        writes = "git-receive-pack" in self.path or self.command == "PUT"
        if self.who() is None:
            self.answer(401, WWW_Authenticate='Basic realm="records"',
                        LFS_Authenticate='Basic realm="records"')
        elif writes and self.who() == "tom":
            self.answer(403, b"tom may only read\n")
        elif self.path.endswith("/info/lfs/objects/batch"):
            self.batch(body)
        elif "/object/" in self.path and self.command == "PUT":
            os.makedirs(os.path.join(ROOT, "objects"), exist_ok=True)
            name = hashlib.sha256(body).hexdigest()
            with open(self.object(name), "wb") as f:
                f.write(body)
            self.answer(200 if self.path.endswith(name) else 422)
        elif "/object/" in self.path:
            with open(self.object(self.path.rpartition("/")[2]), "rb") as f:
                self.answer(200, f.read(), Content_Type="application/octet-stream")
        elif "/info/lfs/" in self.path:
            self.answer(404)
        else:
            self.backend(body)

    do_GET = do_POST = do_PUT = serve


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
with open(os.path.join(ROOT, "port.new"), "w", encoding="utf-8") as port:
    port.write(str(server.server_port))
os.rename(os.path.join(ROOT, "port.new"), os.path.join(ROOT, "port"))
server.serve_forever()
