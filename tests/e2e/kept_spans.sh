#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# What could not be sent is kept and sent later, to the same address only; a killed agent's open span is closed
# by its successor and marked.
. "$(dirname "$0")/lib.sh"
export SPAWN_CONFIG=$work/local.yaml
port=$(unused_port)
url=http://127.0.0.1:$port
settings() {
  printf 'observability: {tracing: {enabled: true, exporter: xray, sampling_rate: 1.0, endpoint: "%s"}}\n' "$1" >local.yaml
}
spool=$STATE_DIRECTORY/spool
kept() { find "$spool" -type f | wc -l; }

settings "$url" # where nobody is yet
run spored run -- true
expect_exit 0
expect_match "$err" '^spored: 1 of 1 spans were not delivered to xray: .*; they are kept, and sent by the next run$'
expect_equal "files for others to read" "$(find "$spool" -type f -perm /077 | wc -l)" 0

# Another address gets nothing of it.
settings "http://127.0.0.1:$(unused_port)"
run spored flush
expect_exit 0
expect_match "$out" 'nothing is kept'

settings "$url"
run spored flush
expect_exit 1
expect_match "$out" '^xray: 0 spans sent, 1 still kept: .*refused'
start_fake_aws --port "$port"
run spored flush
expect_exit 0
expect_match "$out" '^xray: 1 spans sent$'
expect_equal "documents" "$(documents | grep -c .)" 1
expect_equal "files in the spool" "$(kept)" 0
run spored flush --output json
expect_exit 0
expect_match "$out" '"found":0'

# A command keeps too, and its next run sends.
port=$(unused_port)
run spawn trace run --exporter xray --endpoint "http://127.0.0.1:$port" --sampling 1 --name first -- true
expect_match "$err" 'they are kept'
start_fake_aws --port "$port"
run spawn trace run --exporter xray --endpoint "$fake_url" --sampling 1 --name second -- sleep 0.5
expect_exit 0
expect_equal "documents of both runs" "$(documents | grep -c .)" 2

# Killed in the middle: the span of the run is closed by whoever comes next.
settings "$fake_url"
"$SPAWN_BIN_DIR/spored" run --name killed -- sh -c 'echo $$ >child; exec sleep 60' 2>/dev/null &
agent=$!
for _ in {1..200}; do
  [ ! -s child ] || [ "$(kept)" -eq 0 ] || break
  sleep 0.05
done
kill -KILL "$agent"
wait "$agent" 2>/dev/null
kill "$(cat child)"
run spored flush
expect_exit 0
documents >documents.jsonl
expect_match documents.jsonl 'spawn.unfinished'
expect_equal "files in the spool" "$(kept)" 0

# A folder that cannot be used is said, and the command runs.
STATE_DIRECTORY=/proc/none run spored run -- echo works
expect_exit 0
expect_match "$out" works
expect_match "$err" 'spans are not kept on disk: .*/proc/none: No such file'
