# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""Stands before a server of AWS's and holds one call until it may go on.

  gate.py URL CALL FOLDER    prints its port

The first request that names CALL (in its form, or in X-Amz-Target) is held: the file FOLDER/held
appears, and it goes on when FOLDER/go does. Everything else passes.
"""

import http.server
import os
import sys
import time
import urllib.error
import urllib.request

url, call, folder = sys.argv[1:]


class Gate(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        names = body.decode(errors="replace") + self.headers.get("X-Amz-Target", "")
        if call in names and not os.path.exists(f"{folder}/held"):
            open(f"{folder}/held", "w").close()
            while not os.path.exists(f"{folder}/go"):
                time.sleep(0.02)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "content-length")}
        request = urllib.request.Request(url + self.path, body, headers, method=self.command)
        try:
            reply = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            reply = error
        text = reply.read()
        self.send_response(reply.status)
        for name in ("Content-Type", "x-amzn-RequestId", "x-amzn-ErrorType"):
            if reply.headers.get(name):
                self.send_header(name, reply.headers[name])
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gate)
print(server.server_port, flush=True)
server.serve_forever()
