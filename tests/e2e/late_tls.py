# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""late_tls.py CERTIFICATE KEY: an https server that answers when it is told to.

Prints its port, and one for the program whose requests it gets: that connects there, reads a byte once a
request is on its way, writes one when the handshake may begin, and reads the end when the answer has been
taken and the request's connection is gone.
"""

import socket
import ssl
import sys


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    https, words = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    print(https.getsockname()[1], words.getsockname()[1], flush=True)
    while True:
        program, connection = words.accept()[0], https.accept()[0]
        with program:
            program.sendall(b".")
            if not program.recv(1):
                connection.close()
                continue
            with context.wrap_socket(connection, server_side=True) as client:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                while client.recv(65536):
                    pass
                print("answered", flush=True)


main()
