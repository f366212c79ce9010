# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about the spans of a file of JSON lines (other lines are skipped); ends 1 with an answer
for people if it is no.

  span FILE NAME [KEY=VALUE...]   a span of that name has all of these (KEY: a field, or an attribute;
                                  VALUE: a glob)
  spans FILE N NAME               there are exactly N of that name (a glob)
  parent FILE CHILD PARENT        every span of the first name is a child of one of the second ("": a root)
  one_trace FILE                  all have the same trace id; every parent but the root's is there
  value FILE NAME KEY             prints it
"""

import fnmatch
import json
import sys


def read(path):
    spans = []
    with open(path, errors="replace") as file:
        for line in file:
            if line.startswith('{"trace_id"'):
                spans.append(json.loads(line))
    return spans


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def value(span, key):
    return text(span["attributes"].get(key, span.get(key, "")))


def main():
    question, path, *rest = sys.argv[1:]
    spans = read(path)
    names = sorted({s["name"] for s in spans})
    named = lambda name: [s for s in spans if fnmatch.fnmatchcase(s["name"], name)]
    there = f"; there are {len(spans)} spans: {', '.join(names)}"

    if question == "span":
        name, wanted = rest[0], [w.split("=", 1) for w in rest[1:]]
        fits = lambda s: all(fnmatch.fnmatchcase(value(s, k), v) for k, v in wanted)
        if not any(fits(s) for s in named(name)):
            got = [{k: value(s, k) for k, _ in wanted} for s in named(name)]
            return f"no span {name} with {rest[1:]}" + (f"; got {got}" if got else there)
    elif question == "spans":
        if len(named(rest[1])) != int(rest[0]):
            return f"{len(named(rest[1]))} spans {rest[1]}, expected {rest[0]}{there}"
    elif question == "parent":
        child, parent = rest
        ids = {s["span_id"] for s in named(parent)} if parent else {""}
        if not named(child):
            return f"no span {child}{there}"
        for span in named(child):
            if (span.get("parent_span_id") or "") not in ids:
                return f"a span {child} has a parent that is no {parent or 'root'}"
    elif question == "one_trace":
        ids = {s["span_id"] for s in spans}
        if len({s["trace_id"] for s in spans}) != 1:
            return f"{len({s['trace_id'] for s in spans})} traces, expected one{there}"
        if len(ids) != len(spans):
            return "span ids are not unique"
        roots = [s for s in spans if (s.get("parent_span_id") or "") not in ids]
        if len(roots) != 1:
            return f"{len(roots)} roots: {[s['name'] for s in roots]}{there}"
    elif question == "value":
        print(value(named(rest[0])[0], rest[1]))
    return None


if __name__ == "__main__":
    answer = main()
    if answer:
        sys.exit(answer)
