# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""tls_and_proxy.py CERTIFICATE KEY LOG: an https server that says hello, and a proxy that tunnels to it.

Prints both ports; the proxy writes a line for each tunnel into LOG.
"""

import http.server
import select
import socket
import ssl
import sys
import threading


class Hello(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


class Proxy(Hello):
    def do_CONNECT(self):
        with open(sys.argv[3], "a") as log:
            log.write(f"CONNECT {self.path}\n")
        host, port = self.path.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as upstream:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            ends = {self.connection: upstream, upstream: self.connection}
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    ends[end].sendall(data)


def start(handler, context=None):
    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass  # a client that does not trust us hangs up

    server = Server(("127.0.0.1", 0), handler)
    if context:
        # The handshake is made by the connection's own thread, when it reads.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def main():
    open(sys.argv[3], "w").close()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    print(start(Hello, context), start(Proxy), flush=True)
    threading.Event().wait()


main()
