#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# A job array on this machine without any account: real agents, the registry in a file, one trace; and
# what becomes of the members when the person stops waiting, or ends them.
. "$(dirname "$0")/lib.sh"
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_DEFAULT_REGION
unset SPAWN_CONFIG
export HOME=$work/home XDG_STATE_HOME=$work/s
mkdir -p "$HOME"
field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0][sys.argv[2]])' "$@"; }
states() { python3 -c 'import json, sys; print(*(m["state"] for m in json.load(open(sys.argv[1]))))' "$1"; }

# shellcheck disable=SC2016  # the member's shell shall expand it
run spawn launch --provider local --count 3 --job-array-name words \
  --command 'echo "member $TASK_ARRAY_INDEX of $JOB_ARRAY_SIZE in $TRACEPARENT"; exit $((TASK_ARRAY_INDEX / 2))' \
  --on-complete exit --trace-exporter stdout --trace-sampling 1 --wait --json
expect_exit 1
cp "$out" launched.json
cp "$err" spans
id=$(field launched.json launch_id)
trace=$(field launched.json trace_id)
expect_match "$err" "started 3 × spored, below $XDG_STATE_HOME/spawn/local/$id"
expect_match "$err" "1 of 3 members did not complete; their logs are in $XDG_STATE_HOME/spawn/local/$id"
expect_equal "how they ended" "$(states launched.json)" 'completed completed failed'

# One trace, from the command to what each member ran.
folder=$XDG_STATE_HOME/spawn/local/$id
cat "$folder"/*/spored.log >>spans
expect_one_trace spans
expect_spans spans 1 'spawn launch'
expect_spans spans 3 'spored boot'
expect_spans spans 3 'spored workload'
expect_parent spans 'spored boot' 'spawn launch'
expect_parent spans 'spored workload' 'spored boot'
expect_span spans 'spored boot' spawn.context_source=registry "spawn.job_array_id=$id"
for index in 0 1 2; do
  expect_match "$(echo "$folder/$index"/jobs/*-stdout.log)" "^member $index of 3 in 00-$trace-[0-9a-f]{16}-0[13]$"
  expect_equal "rights of local.yaml" "$(stat -c %a "$folder/$index/local.yaml")" 600
done

# What is known of it afterwards.
run spawn status --job-array-id "$id" --json
expect_exit 0
expect_match "$err" "$id: 2 completed, 1 failed"
expect_equal "states" "$(states "$out")" 'completed completed failed'
expect_match "$out" '"exit_code":1'
run spawn status --job-array-id no-such-launch
expect_exit 3

# Without --wait it returns, and the members go on until they are ended.
run spawn launch --provider local --count 2 --command 'sleep 600' --json
expect_exit 0
id=$(field "$out" launch_id)
expect_equal "states" "$(states "$out")" 'running running'
run spawn status "$id" --quiet
expect_lines "$out" 2
run spawn terminate "$id"
expect_exit 0
expect_lines "$out" 3
for _ in {1..150}; do
  run spawn status --job-array-id "$id" --json
  [ "$(states "$out")" = 'running running' ] || break
  sleep 0.1
done
for _ in {1..150}; do
  run spawn status --job-array-id "$id" --json
  case $(states "$out") in *running*) sleep 0.1 ;; *) break ;; esac
done
expect_no_match "$out" '"state":"running"'

# Ctrl-C while waiting ends the members, and nothing is left that was not named.
# (A shell's background ignores SIGINT.)
python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])' \
  "$SPAWN_BIN_DIR/spawn" launch --provider local --count 2 --command 'sleep 600' --wait 2>interrupted >/dev/null &
waiting=$!
for _ in {1..150}; do
  grep -q 'started 2' interrupted && break
  sleep 0.1
done
id=$(sed -n 's/.* as \(launch-[0-9A-Za-z-]*\).*/\1/p' interrupted | head -n 1)
for _ in {1..150}; do
  [ "$(spawn status --job-array-id "$id" --quiet 2>/dev/null | wc -l)" -lt 2 ] || break
  sleep 0.1
done
kill -INT "$waiting"
wait "$waiting"
expect_equal "status after Ctrl-C" $? 130
ran="Ctrl-C"
expect_match interrupted 'interrupted; the members were ended'
run spawn status --job-array-id "$id" --json
expect_no_match "$out" '"state":"running"'
