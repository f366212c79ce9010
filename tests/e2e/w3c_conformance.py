# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""w3c_conformance.py URL: plays the harness of the W3C trace-context test suite with cases of our own.

Each case sends headers to the service under test, asks it to call back, and says what the headers of
the call back must be: the trace goes on (with a new parent id) or a new one begins; tracestate is what
is given, in order and normal form, or absent.
"""

import http.client
import http.server
import json
import re
import sys
import threading
import urllib.parse

TRACE, PARENT = "12345678901234567890123456789012", "1234567890123456"
GOOD = f"00-{TRACE}-{PARENT}-01"
seen = []


class CallBack(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen.append((self.headers.items(), json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def exchange(url, back, headers, count=1):
    """The headers of each call back."""
    seen.clear()
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    body = json.dumps([{"url": f"{back}/{i}", "arguments": [i, {"é": None}]} for i in range(count)]).encode()
    connection.putrequest("POST", parts.path)
    for name, value in headers:
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    status = connection.getresponse().status
    assert status == 200, f"the service answered {status}"
    assert [arguments for _, arguments in seen] == [[i, {"é": None}] for i in range(count)], seen
    return [[(n.lower(), v) for n, v in items] for items, _ in seen]


def one(headers, name):
    found = [v for n, v in headers if n == name]
    assert len(found) <= 1, f"{len(found)} {name} headers"
    return found[0] if found else None


def traceparent(headers):
    text = one(headers, "traceparent")
    match = re.fullmatch("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", text or "")
    assert match, f"traceparent is {text!r}"
    trace, parent, flags = match.groups()
    assert set(trace) != {"0"} and set(parent) != {"0"}, text
    return trace, parent, flags


GOES_ON, ANEW = True, False


def parent_case(name, value, goes_on, flags=None):
    headers = value if isinstance(value, list) else [("traceparent", value)]
    return name, headers, goes_on, flags, None


def state_case(name, values, expected):
    return name, [("traceparent", GOOD)] + [("tracestate", v) for v in values], GOES_ON, None, expected


MEMBERS = [f"k{i}={i}" for i in range(33)]
CASES = [
    parent_case("no traceparent", [], ANEW),
    parent_case("a good one", GOOD, GOES_ON, "01"),
    parent_case("not sampled", f"00-{TRACE}-{PARENT}-00", GOES_ON, "00"),
    # Level 2: the random flag is passed on, the others are not for us to set.
    parent_case("random", f"00-{TRACE}-{PARENT}-03", GOES_ON, "03"),
    parent_case("random, not sampled", f"00-{TRACE}-{PARENT}-02", GOES_ON, "02"),
    parent_case("all flags", f"00-{TRACE}-{PARENT}-ff", GOES_ON, "03"),
    parent_case("unknown flags alone", f"00-{TRACE}-{PARENT}-fc", GOES_ON, "00"),
    parent_case("blanks around it", f" \t{GOOD}\t ", GOES_ON),
    parent_case("two of them", [("traceparent", GOOD)] * 2, ANEW),
    parent_case("another name", [("trace-parent", GOOD)], ANEW),
    *[parent_case(f"the name as {n}", [(n, GOOD)], GOES_ON) for n in ("Traceparent", "TRACEPARENT", "tRaCePaReNt")],
    parent_case("more behind version 00", GOOD + "-x", ANEW),
    parent_case("a dot behind version 00", GOOD + ".", ANEW),
    parent_case("a later version", "cc" + GOOD[2:], GOES_ON),
    parent_case("a later version with more", "cc" + GOOD[2:] + "-what-comes", GOES_ON),
    parent_case("a later version with a dot", "cc" + GOOD[2:] + ".what", ANEW),
    parent_case("a later version, cut", "cc" + GOOD[2:-1], ANEW),
    parent_case("version 01", "01" + GOOD[2:], GOES_ON),
    parent_case("version fe", "fe" + GOOD[2:], GOES_ON),
    parent_case("version ff", "ff" + GOOD[2:], ANEW),
    *[parent_case(f"version {v}", v + GOOD[2:], ANEW) for v in (".0", "0.", "000", "0", "", "0G", "CC")],
    parent_case("trace id of zeros", f"00-{'0' * 32}-{PARENT}-01", ANEW),
    parent_case("trace id in capitals", f"00-{'A' * 32}-{PARENT}-01", ANEW),
    parent_case("trace id too long", f"00-{TRACE}3-{PARENT}-01", ANEW),
    parent_case("trace id too short", f"00-{TRACE[1:]}-{PARENT}-01", ANEW),
    parent_case("trace id with a dot", f"00-.{TRACE[1:]}-{PARENT}-01", ANEW),
    parent_case("parent id of zeros", f"00-{TRACE}-{'0' * 16}-01", ANEW),
    parent_case("parent id in capitals", f"00-{TRACE}-{'A' * 16}-01", ANEW),
    parent_case("parent id too long", f"00-{TRACE}-{PARENT}7-01", ANEW),
    parent_case("parent id too short", f"00-{TRACE}-{PARENT[1:]}-01", ANEW),
    parent_case("flags too long", f"00-{TRACE}-{PARENT}-001", ANEW),
    parent_case("flags too short", f"00-{TRACE}-{PARENT}-1", ANEW),
    parent_case("flags with a dot", f"00-{TRACE}-{PARENT}-.1", ANEW),
    parent_case("empty", "", ANEW),
    parent_case("only hyphens", "-" * 55, ANEW),
    ("tracestate without traceparent", [("tracestate", "foo=1")], ANEW, None, ""),
    ("tracestate with a bad traceparent", [("traceparent", "x"), ("tracestate", "foo=1")], ANEW, None, ""),
    ("tracestate first", [("tracestate", "foo=1"), ("traceparent", GOOD)], GOES_ON, None, "foo=1"),
    state_case("one member", ["foo=1"], "foo=1"),
    state_case("order is kept", ["foo=1,bar=2", "baz=3"], "foo=1,bar=2,baz=3"),
    state_case("two headers", ["foo=1", "bar=2"], "foo=1,bar=2"),
    state_case("the same key in two headers", ["foo=1", "foo=2"], ""),
    state_case("empty headers", ["", "foo=1", ""], "foo=1"),
    state_case("nothing but empty", [""], ""),
    state_case("empty members", ["foo=1,,bar=2,"], "foo=1,bar=2"),
    state_case("blanks around members", ["foo=1 \t , \t bar=2,\tbaz=3 "], "foo=1,bar=2,baz=3"),
    state_case("blanks within a value", ["foo=a b  c"], "foo=a b  c"),
    state_case("32 members", [",".join(MEMBERS[:32])], ",".join(MEMBERS[:32])),
    state_case("33 members", [",".join(MEMBERS)], ""),
    state_case("33 members in two headers", [",".join(MEMBERS[:20]), ",".join(MEMBERS[20:])], ""),
    state_case("all characters of a key", ["a0_-*/@z=1"], "a0_-*/@z=1"),
    # The grammar of June 2026: an @ may stand anywhere but first.
    *[state_case(f"the key {k}", [f"{k}=1"], f"{k}=1") for k in ("foo@", "foo@@bar", "foo@bar@baz", "0a", "t@v")],
    state_case("a key of 256", ["t" * 256 + "=1"], "t" * 256 + "=1"),
    state_case("a key of 257", ["t" * 257 + "=1"], ""),
    state_case("a tenant of 242", ["t" * 242 + "@v=1"], "t" * 242 + "@v=1"),
    *[state_case(f"the bad key {k!r}", [f"{k}=1,ok=2"], "") for k in ("@foo", "foo bar", "FOO", "foo.bar", "", "é", "_a")],
    state_case("a value of 256", ["foo=" + "v" * 256], "foo=" + "v" * 256),
    state_case("a value of 257", ["foo=" + "v" * 257], ""),
    state_case("an equals sign in a value", ["foo=bar=baz"], ""),
    state_case("no value", ["foo="], ""),
    state_case("no equals sign", ["foo"], ""),
    state_case("all characters of a value", ["foo=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~"], "foo=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~"),
]


def check(url, back, headers, goes_on, flags, state):
    (answer,) = exchange(url, back, headers)
    trace, parent, got_flags = traceparent(answer)
    assert (trace == TRACE) == goes_on, f"trace id {trace}"
    # What is not sampled is passed on as it came; else the caller is a span of ours.
    unsampled = goes_on and got_flags in ("00", "02")
    assert unsampled or parent != PARENT, "the parent id is the old one"
    assert flags is None or got_flags == flags, f"flags {got_flags}"
    if not goes_on:
        assert got_flags == "03", f"flags of a new trace: {got_flags}"
    if state is not None and goes_on:
        assert (one(answer, "tracestate") or "") == state, f"tracestate {one(answer, 'tracestate')!r}"
    if not goes_on:
        assert "foo" not in (one(answer, "tracestate") or ""), "tracestate of another trace"


def check_several_calls(url, back):
    """One request, three calls: one trace, parents of their own; and a next request is another trace."""
    traces = []
    for _ in range(2):
        answers = [traceparent(a) for a in exchange(url, back, [], 3)]
        assert len({trace for trace, _, _ in answers}) == 1, answers
        assert len({parent for _, parent, _ in answers}) == 3, answers
        traces.append(answers[0][0])
    assert traces[0] != traces[1], traces
    answers = [traceparent(a) for a in exchange(url, back, [("traceparent", GOOD)], 3)]
    assert {trace for trace, _, _ in answers} == {TRACE}, answers
    assert len({parent for _, parent, _ in answers} - {PARENT}) == 3, answers


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), CallBack)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    back = f"http://127.0.0.1:{server.server_port}"
    failed = 0
    checks = [(name, lambda c=case: check(sys.argv[1], back, *c)) for name, *case in CASES]
    checks.append(("several calls", lambda: check_several_calls(sys.argv[1], back)))
    for name, run in checks:
        try:
            run()
        except AssertionError as error:
            failed += 1
            print(f"{name}: {error}")
    print(f"{len(checks)} cases, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
