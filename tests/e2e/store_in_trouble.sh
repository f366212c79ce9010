#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The trace store while another program holds it locked, damaged in its middle, and of a newer version: a
# line that says what to do, for the server and for the commands, and the file is kept as it is.
. "$(dirname "$0")/lib.sh"
db=$work/state/spawn/traces.db

# put NUMBER: a document of a trace of its own; the HTTP status, the answer in $work/body
trace_of() { printf '1-%08x-%024x' "$(date +%s)" "$1"; }
put() {
  python3 - "$1" "$(trace_of "$1")" >"$work/call" <<'PY'
import json, sys, time
segment = {"trace_id": sys.argv[2], "id": "00000000000000a1", "name": "shop", "start_time": time.time() - 1, "end_time": time.time(),
           "metadata": {"shop": {"text": "x" * 20000}}}
print(json.dumps({"TraceSegmentDocuments": [json.dumps(segment)]}))
PY
  curl -s -o "$work/body" -w '%{http_code}' -d @"$work/call" "$AWS_ENDPOINT_URL_XRAY/TraceSegments"
}
in_list() { spawn trace list --from local --quiet | wc -l; }

start_trace_serve --no-udp --no-otlp
expect_equal "a document" "$(put 1)" 200

# Locked: what cannot be written is refused as busy, so that clients try again; reading goes on.
mkfifo "$work/release"
python3 - "$db" "$work/release" >"$work/locked" <<'PY' &
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
open(sys.argv[2]).read()
PY
locker=$!
started+=("$locker")
for _ in {1..200}; do
  [ ! -s "$work/locked" ] || break
  sleep 0.05
done
expect_equal "a document for a locked store" "$(put 2)" 503
expect_match "$work/body" 'traces.db.*another program holds it locked'
expect_equal "traces that are read meanwhile" "$(in_list)" 1
: >"$work/release"
wait "$locker"
expect_equal "the document again" "$(put 2)" 200
expect_equal "traces afterwards" "$(in_list)" 2
for number in {3..40}; do put "$number" >/dev/null; done
kill -TERM "$serve_pid"
wait "$serve_pid"

# Of a newer version.
cp "$db" "$work/newer.db"
python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA user_version = 99")' "$work/newer.db"
cp "$work/newer.db" "$work/newer.copy"
run spawn trace serve --port 0 --db "$work/newer.db"
expect_exit 2
expect_match "$err" "newer.db: it was written by another version of spawn \(schema 99, this one has 1\)"
expect_lines "$err" 1
cmp -s "$work/newer.db" "$work/newer.copy" || failed "a newer store was changed"

# Damaged in the middle: the head is right, so that only reading meets it.
python3 - "$db" <<'PY'
import os, sys
with open(sys.argv[1], "r+b") as file:
    size = os.path.getsize(sys.argv[1])
    file.seek(8192)
    file.write(b"\xa5" * (size - 16384))
PY
cp "$db" "$work/damaged.copy"
run spawn trace list --from local
expect_exit 1
expect_match "$err" 'traces.db.*damaged.*left as it is; move it away, or name another file'
expect_lines "$err" 1
cmp -s "$db" "$work/damaged.copy" || failed "a damaged store was changed"
