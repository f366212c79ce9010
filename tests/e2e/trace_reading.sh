#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Traces are listed, filtered, mapped, compared, exported, counted and followed: the same from X-Ray's API,
# from the store of this machine and from a file.
. "$(dirname "$0")/lib.sh"
start_trace_serve --no-udp --no-otlp
trace_of() { # NAME EXPORTER COMMAND...: run inside a trace of that name; its id
  run spawn trace run --exporter "stdout,$2" --sampling 1 --name "$1" -- "${@:3}"
  cat "$err" >>"$work/all.jsonl"
  python3 "$here/spans.py" value "$err" "$1" trace_id
}
as_xray() { echo "1-${1:0:8}-${1:8}"; }
good=$(trace_of good local true)
bad=$(trace_of bad xray false)

for from in xray local "$work/all.jsonl"; do
  run spawn trace list --from "$from"
  expect_exit 0
  expect_lines "$out" 3
  expect_match "$out" "fault .* bad "
  expect_match "$out" "ok .* good "
  expect_no_match "$out" $'\x1b'
  run spawn trace list 'fault' --from "$from" --quiet
  expect_exit 0
  expect_equal "what failed, from $from" "$(cat "$out")" "$(as_xray "$bad")"
  run spawn trace list 'falt' --from "$from"
  expect_exit 2
  expect_match "$err" "did you mean fault\?"
  expect_match "$err" "^  \^\^\^\^$"
  run spawn trace list 'http.status = 599' --from "$from"
  expect_exit 0
  expect_match "$err" "^spawn: no trace matches$"

  run spawn trace map --from "$from" --output json
  expect_exit 0
  python3 - "$out" <<'PY' || failed "the map from $from is not as wanted"
import json, sys
services = json.load(open(sys.argv[1]))["Services"]
assert any(s.get("Type") == "client" for s in services), services
assert sum(s["SummaryStatistics"]["TotalCount"] for s in services if s.get("Type") != "client" and s["Root"]) == 2, services
PY
  run spawn trace diff "$good" "$bad" --from "$from"
  expect_exit 0
  expect_match "$out" "^bad "
  run spawn trace cost --from "$from"
  expect_exit 0
  expect_match "$out" "^100 %  *2  *2 "
  run spawn trace show "$bad" --from "$from" --output json
  expect_exit 0
  expect_equal "spans of the trace, from $from" \
    "$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["spans"]))' "$out")" 1

  for format in otlp xray jsonl jaeger chrome; do
    run spawn trace export "$bad" --format $format --from "$from"
    expect_exit 0
    python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$out" || failed "$format is no JSON"
    expect_match "$out" bad
  done
  run spawn trace export "$bad" --format html --from "$from"
  expect_exit 0
  expect_match "$out" '^<!doctype html>$'
  expect_match "$out" "$(as_xray "$bad")"
  run spawn trace show 1-581cf771-000000000000000000000001 --from "$from"
  expect_exit 3
  expect_lines "$err" 1
done

# A trace of some calls has a critical path.
start_moto
# shellcheck disable=SC2016  # the shell of the command expands it
run spawn trace run --exporter local --sampling 1 --name calls -- \
  sh -c 'aws --endpoint-url "$0" s3 mb s3://one && aws --endpoint-url "$0" s3 ls s3://one' "$moto_url"
expect_exit 0
run spawn trace list 'service("calls") OR service("S3")' --from local --quiet
expect_lines "$out" 1
calls=$(cat "$out")
run spawn trace show "$calls" --from local
expect_exit 0
expect_match "$out" 'S3.CreateBucket'
expect_match "$out" '^Critical path: '

# What comes is shown while it comes; an interrupt ends it.
interruptible "$SPAWN_BIN_DIR/spawn" trace tail --from local >tailed 2>tail.err &
tail_pid=$!
started+=("$tail_pid")
for _ in {1..200}; do
  ! grep -q calls tailed || break
  sleep 0.05
done
later=$(trace_of later local true)
for _ in {1..200}; do
  ! grep -q later tailed || break
  sleep 0.05
done
kill -INT "$tail_pid"
wait "$tail_pid"
expect_equal "the status of what was interrupted" "$?" 130
expect_match tailed "ok .* good"
expect_match tailed "fault .* bad"
expect_match tailed "ok .* later .*$(as_xray "$later")"

# Nobody there: said, not hung on.
run spawn trace list --from xray --endpoint http://127.0.0.1:1
expect_equal "failed when nobody answers" "$((status != 0))" 1
expect_lines "$err" 1

# A list goes by summaries. Of X-Ray it asks for traces, too, where names and numbers of spans are shown: summaries
# do not have them.
start_fake_aws --log "$work/asked"
asked() { grep -c "\"operation\":\"$1\"" "$work/asked"; }
for name in one two three; do
  run spawn trace run --exporter xray --endpoint "$fake_url" --sampling 1 --name $name -- true
  expect_exit 0
done
for form in --quiet --output=json --output=jsonl; do
  run spawn trace list --endpoint "$fake_url" "$form"
  expect_exit 0
  expect_equal "traces, $form" "$(grep -o '1-[0-9a-f]\{8\}-[0-9a-f]\{24\}' "$out" | wc -l)" 3
done
expect_equal "questions for summaries" "$(asked GetTraceSummaries)" 3
expect_equal "questions for traces" "$(asked BatchGetTraces)" 0
run spawn trace list --endpoint "$fake_url"
expect_match "$out" 'ok +1 +0 +three '
expect_equal "questions for the traces of three rows" "$(asked BatchGetTraces)" 1

# From this machine it reads what the store keeps beside the traces, so the traces need not even be there.
run spawn trace list --from local
expect_match "$out" ' later '
cp "$out" "$work/listed"
run spawn trace map --from local
expect_match "$out" '^client  *spawn  *-  *4 '
cp "$out" "$work/mapped"
python3 -c 'import os, sqlite3
with sqlite3.connect(os.environ["XDG_STATE_HOME"] + "/spawn/traces.db", timeout=10) as db:
  assert db.execute("DELETE FROM batches").rowcount > 0 and db.execute("DELETE FROM documents").rowcount > 0'
run spawn trace list --from local
expect_equal "a list without the traces" "$(cat "$out")" "$(cat "$work/listed")"
run spawn trace map --from local
expect_exit 0
expect_equal "a map without the traces" "$(cat "$out")" "$(cat "$work/mapped")"

# What it does not keep it has to read: what cannot be read is said.
python3 -c 'import os, sqlite3
with sqlite3.connect(os.environ["XDG_STATE_HOME"] + "/spawn/traces.db", timeout=10) as db:
  db.execute("DELETE FROM digests WHERE trace = (SELECT max(key) FROM traces)")
  db.execute("ALTER TABLE batches RENAME COLUMN trace TO gone")'
for form in table json; do
  run spawn trace list --from local --output $form
  expect_exit 1
  expect_lines "$err" 1
  expect_match "$err" '^spawn: 1 trace could not be read: .*traces.db'
  [ $form = json ] || expect_lines "$out" "$(($(wc -l <"$work/listed") - 1))"
done
expect_no_match "$out" 'could not be read'
python3 -m json.tool "$out" >/dev/null || failed "the list is no JSON where a trace cannot be read"
run spawn trace map --from local
expect_exit 1
expect_match "$out" '^client  *spawn  *-  *3 '
expect_match "$err" '^spawn: 1 trace could not be read: .*traces.db'
