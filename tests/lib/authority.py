#!/usr/bin/env python3
# An authority of RFC 3161 on the loopback: "openssl ts" behind a small server.
# authority.py DIR: DIR/tsa.cnf is its configuration; the port goes to DIR/port.
# The path says how it behaves: /good, and ways of being broken.
import http.server
import os
import re
import subprocess
import sys
import time

home = sys.argv[1]


class Authority(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def another(self, query):
        """A request of the same digest, with another nonce."""
        name = os.path.join(home, "other-%d.tsq" % time.monotonic_ns())
        with open(name, "wb") as f:
            f.write(query)
        text = subprocess.run(["openssl", "ts", "-query", "-in", name, "-text"],
                              capture_output=True, check=True, text=True).stdout
        digest = "".join(re.findall(r"^ {4}\d{4} - ((?:[0-9a-f]{2}[ -]){16})", text, re.M))
        return subprocess.run(["openssl", "ts", "-query", "-sha256", "-cert",
                               "-digest", re.sub("[^0-9a-f]", "", digest)],
                              capture_output=True, check=True).stdout

    def reply(self, query):
        name = os.path.join(home, "query-%d.tsq" % time.monotonic_ns())
        with open(name, "wb") as f:
            f.write(query)
        section = {"/expired": "old", "/refuse": "strict"}.get(self.path, "tsa")
        return subprocess.run(
            ["openssl", "ts", "-reply", "-config", os.path.join(home, "tsa.cnf"),
             "-section", section, "-queryfile", name],
            capture_output=True, check=True, cwd=home).stdout

    def do_GET(self):
        """The list of revoked certificates."""
        try:
            with open(os.path.join(home, "crl.der"), "rb") as f:
                body = f.read()
        except FileNotFoundError:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        kind = "application/timestamp-reply"
        if self.headers["Content-Type"] != "application/timestamp-query":
            body, kind = b"what is that?", "text/plain"
        elif self.path == "/html":
            body, kind = b"<html>Welcome to our hotel network</html>", "text/html"
        elif self.path == "/slow":
            time.sleep(60)
            return
        elif self.path == "/error":
            self.send_error(503)
            return
        elif self.path == "/replay":
            # an answer to an earlier question
            with open(os.path.join(home, "replay.tsr"), "rb") as f:
                body = f.read()
        elif self.path == "/huge":
            body = b"x" * (2 << 20)
        elif self.path == "/nonce":
            body = self.reply(self.another(query))
        else:
            body = self.reply(query)
            with open(os.path.join(home, "last.tsr"), "wb") as f:
                f.write(body)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority)
with open(os.path.join(home, "port.new"), "w") as f:
    f.write(str(server.server_port))
os.rename(os.path.join(home, "port.new"), os.path.join(home, "port"))
server.serve_forever()
