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
run spawn status --job-array-name words --quiet
expect_exit 0
expect_lines "$out" 3
run spawn status --job-array-id no-such-launch
expect_exit 3

# A run takes spans until it ends; the members that are launched in it live on and are not told of it.
# shellcheck disable=SC2016  # the member's shell shall expand it
run spawn trace run --exporter stdout -- "$SPAWN_BIN_DIR/spawn" launch --provider local --on-complete exit --wait --json \
  --command 'tr "\0" "\n" </proc/$PPID/environ'
expect_exit 0
environment=$(echo "$XDG_STATE_HOME/spawn/local/$(field "$out" launch_id)"/*/jobs/*-stdout.log)
expect_match "$environment" '^SPAWN_CONFIG='
expect_no_match "$environment" '^(AWS_CSM_|OTEL_EXPORTER_OTLP_ENDPOINT|AWS_XRAY_DAEMON_ADDRESS)'

# Without --wait it returns, and the members go on until they are ended: one by its id, or all.
eventually() { # eventually STATES: of the members, in half a minute
  for _ in {1..300}; do
    run spawn status --job-array-id "$id" --json
    [ "$(states "$out")" != "$1" ] || return 0
    sleep 0.1
  done
  failed "the members are $(states "$out"), not $1"
}
run spawn launch --provider local --count 4 --command 'sleep 600' --json
expect_exit 0
id=$(field "$out" launch_id)
member=local-${id##*-}
expect_equal "states" "$(states "$out")" 'running running running running'
run spawn status "$id" --quiet
expect_lines "$out" 4
run spawn status "$member-2" --json
expect_exit 0
expect_equal "the one that was asked for" "$(field "$out" instance_id)" "$member-2"
expect_lines "$out" 1
run spawn terminate "$member-2" --json
expect_exit 0
expect_equal "the one that was ended" "$(field "$out" instance_id)" "$member-2"
eventually 'running running stopped running'
run spawn stop "$member-0" "$member-1" --quiet
expect_exit 0
expect_lines "$out" 2
eventually 'stopped stopped stopped running'
run spawn stop "$member-0"
expect_exit 3
expect_match "$err" 'none of them runs any more'
run spawn start "$member-3"
expect_exit 2
expect_match "$err" "'$member-3' is a process on this machine: it can be ended, but there is no start for it"
run spawn terminate "$member-9"
expect_exit 3
expect_match "$err" "there is no member '$member-9' on this machine"
run spawn terminate "$id"
expect_exit 0
expect_lines "$out" 2
eventually 'stopped stopped stopped stopped'
run spawn terminate "$id"
expect_exit 3

# Ctrl-C while waiting ends the members, and nothing is left that was not named.
interruptible "$SPAWN_BIN_DIR/spawn" launch --provider local --count 2 --command 'sleep 600' --wait \
  --trace-exporter stdout --trace-sampling 1 2>interrupted >/dev/null &
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
expect_equal "states after Ctrl-C" "$(states "$out")" 'stopped stopped'
cat "$XDG_STATE_HOME/spawn/local/$id"/*/spored.log interrupted >spans
expect_spans spans 2 'spored exit'
expect_parent spans 'spored exit' 'spored boot'
expect_span spans 'spored exit' spawn.reason=SIGTERM
expect_spans spans 2 'spored workload'
expect_one_trace spans
