#!/usr/bin/env python3
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""trace_serve_flood.py URL         sends documents until the server goes away; prints the trace of each acknowledged one
   trace_serve_flood.py URL FILE    ends 0 when every trace of the file is there"""

import json
import sys
import urllib.error
import urllib.request

url = sys.argv[1]
if len(sys.argv) > 2:
    missing = 0
    for line in open(sys.argv[2]):
        try:
            urllib.request.urlopen(f"{url}/api/traces/{line.strip()}")
        except urllib.error.HTTPError:
            missing += 1
    sys.exit(f"{missing} acknowledged traces are missing" if missing else 0)

for batch in range(1_000_000):
    ids = [f"1-69570000-{batch * 20 + i:024x}" for i in range(20)]
    documents = [json.dumps({"trace_id": id, "id": "00000000000000aa", "name": "flood", "start_time": 1767323045.0,
                             "end_time": 1767323046.0}) for id in ids]
    body = json.dumps({"TraceSegmentDocuments": documents}).encode()
    try:
        reply = json.load(urllib.request.urlopen(urllib.request.Request(url + "/TraceSegments", body)))
    except (OSError, ValueError):
        break
    refused = {u["Id"] for u in reply["UnprocessedTraceSegments"]}
    if not refused:
        print("\n".join(ids), flush=True)
