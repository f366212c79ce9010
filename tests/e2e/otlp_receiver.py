#!/usr/bin/env python3
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""A receiver of OTLP over HTTP on a loopback port. Prints "port N", and "request PATH TYPE ENCODING SIZE
HEADERS" for each request.

  otlp_receiver.py FILE [ANSWER...]

Spans of requests that were answered with success go to FILE, as JSON lines of the exporter stdout's
form, decoded here from protobuf by the field numbers of opentelemetry-proto, or from JSON. The answers
are given in turn, the last one for ever (default: ok):

  ok                success                        STATUS            that status, with a message
  partial:N:WORDS   N spans refused, for WORDS     STATUS:SECONDS    the same with Retry-After
  garbage           200 and a page of HTML         echo              401, repeating all request headers
  hang              nothing, until the client is gone

With TLS when RECEIVER_TLS names a folder with server.pem, server.key and ca.pem: then clients must have a
certificate of that authority.
"""

import gzip
import http.server
import json
import os
import ssl
import struct
import sys

# message -> field number -> (name, type); a type in [] is repeated. Types: a message, or one of
# hex, str, int, bool, double, fixed64, fixed32, bytes.
PROTO = {
    "Request": {1: ("resourceSpans", ["ResourceSpans"])},
    "ResourceSpans": {1: ("resource", "Resource"), 2: ("scopeSpans", ["ScopeSpans"])},
    "Resource": {1: ("attributes", ["KeyValue"])},
    "ScopeSpans": {1: ("scope", "Scope"), 2: ("spans", ["Span"])},
    "Scope": {1: ("name", "str"), 2: ("version", "str")},
    "Span": {
        1: ("traceId", "hex"), 2: ("spanId", "hex"), 3: ("traceState", "str"),
        4: ("parentSpanId", "hex"), 5: ("name", "str"), 6: ("kind", "int"),
        7: ("startTimeUnixNano", "fixed64"), 8: ("endTimeUnixNano", "fixed64"),
        9: ("attributes", ["KeyValue"]), 10: ("droppedAttributesCount", "int"),
        11: ("events", ["Event"]), 12: ("droppedEventsCount", "int"), 13: ("links", ["Link"]),
        14: ("droppedLinksCount", "int"), 15: ("status", "Status"), 16: ("flags", "fixed32"),
    },
    "Event": {1: ("timeUnixNano", "fixed64"), 2: ("name", "str"), 3: ("attributes", ["KeyValue"])},
    "Link": {
        1: ("traceId", "hex"), 2: ("spanId", "hex"), 3: ("traceState", "str"),
        4: ("attributes", ["KeyValue"]), 6: ("flags", "fixed32"),
    },
    "Status": {2: ("message", "str"), 3: ("code", "int")},
    "KeyValue": {1: ("key", "str"), 2: ("value", "AnyValue")},
    "AnyValue": {
        1: ("stringValue", "str"), 2: ("boolValue", "bool"), 3: ("intValue", "int"),
        4: ("doubleValue", "double"), 5: ("arrayValue", "ArrayValue"),
    },
    "ArrayValue": {1: ("values", ["AnyValue"])},
}
WIRE_TYPES = {"int": 0, "bool": 0, "fixed64": 1, "double": 1, "fixed32": 5}
KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def decode(message, data):
    result, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        name, kind = PROTO[message][key >> 3]
        repeated = isinstance(kind, list)
        kind = kind[0] if repeated else kind
        assert key & 7 == WIRE_TYPES.get(kind, 2), f"{message}.{name} has wire type {key & 7}"
        if key & 7 == 0:
            value, at = varint(data, at)
            value = bool(value) if kind == "bool" else value - (value >> 63 << 64)
        elif key & 7 in (1, 5):
            form = {"double": "<d", "fixed64": "<Q", "fixed32": "<I"}[kind]
            (value,) = struct.unpack_from(form, data, at)
            at += struct.calcsize(form)
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            assert len(value) == size, f"{message}.{name} is cut"
            if kind == "hex":
                value = value.hex()
            elif kind == "str":
                value = value.decode()
            else:
                value = decode(kind, value)
        if repeated:
            result.setdefault(name, []).append(value)
        else:
            result[name] = value
    return result


def plain(any_value):
    for kind, value in any_value.items():
        if kind == "arrayValue":
            return [plain(v) for v in value.get("values", [])]
        return int(value) if kind == "intValue" else value


def attributes(holder):
    return {a["key"]: plain(a["value"]) for a in holder.get("attributes", [])}


def lines(request):
    for resource_spans in request["resourceSpans"]:
        for scope_spans in resource_spans["scopeSpans"]:
            for span in scope_spans["spans"]:
                start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
                yield json.dumps({
                    "trace_id": span["traceId"], "span_id": span["spanId"],
                    "parent_span_id": span.get("parentSpanId"), "name": span["name"],
                    "kind": KINDS[span["kind"]], "duration_ms": (end - start) / 1e6,
                    "flags": span["flags"], "status_code": span.get("status", {}).get("code", 0),
                    "attributes": attributes(span),
                    "service": attributes(resource_spans["resource"]).get("service.name"),
                    "resource": attributes(resource_spans["resource"]),
                }) + "\n"


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers = []
    file = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind, encoding = self.headers["Content-Type"], self.headers.get("Content-Encoding", "-")
        others = {k.lower(): v for k, v in self.headers.items()}
        print("request", self.path, kind, encoding, len(body), json.dumps(others), flush=True)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        word, _, rest = answer.partition(":")
        if word in ("ok", "partial"):
            if encoding == "gzip":
                body = gzip.decompress(body)
            is_json = kind == "application/json"
            request = json.loads(body) if is_json else decode("Request", body)
            with open(self.file, "a") as file:
                file.writelines(lines(request))
            reply = b"{}" if is_json else b""
            if word == "partial":
                count, _, message = rest.partition(":")
                reply = json.dumps({"partialSuccess": {"rejectedSpans": count, "errorMessage": message}}
                                   ).encode()
                if not is_json:
                    inner = bytes([0x08, int(count), 0x12, len(message)]) + message.encode()
                    reply = bytes([0x0A, len(inner)]) + inner
            self.answer(200, kind, reply)
        elif word == "garbage":
            self.answer(200, "text/html", b"<html>welcome</html>")
        elif word == "hang":
            self.rfile.read(1)
            self.close_connection = True
        elif word == "echo":
            self.answer(401, "application/json", json.dumps({"message": str(others)}).encode())
        else:
            extra = {"Retry-After": rest} if rest else {}
            self.answer(int(word), "application/json", b'{"message":"not now"}', extra)

    def answer(self, status, kind, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    Receiver.file, *answers = sys.argv[1:]
    Receiver.answers = answers or ["ok"]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    if folder := os.environ.get("RECEIVER_TLS"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
        context.load_verify_locations(f"{folder}/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("port", server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
