#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Agents on EC2 while they run and as they end: a setting that is changed is a tag, and in force within
# a second; SIGKILL and a new start, a spot notice, completion, SIGTERM. What X-Ray has and what the
# registry says afterwards.
. "$(dirname "$0")/lib.sh"
. "$here/instances.sh"
start_moto
start_ssm
export AWS_ENDPOINT_URL=$moto_url
/usr/bin/aws --endpoint-url "$moto_url" iam create-instance-profile --instance-profile-name worker >/dev/null
run spawn launch --instance-type t3.micro --count 3 --job-array-name ends --iam-role worker --spot \
  --command 'sleep 600' --on-complete terminate --tag "spawn:pre-stop=touch $work/saved" --trace-sampling 1 \
  --output-id ids --json
expect_exit 0
mapfile -t instances <ids
id=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0]["launch_id"])' "$out")
trace=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0]["trace_id"])' "$out")
killed=${instances[0]} taken_back=${instances[1]} complete=${instances[2]}
boot_instance "$killed"
boot_instance "$complete"
export LIFE_CYCLE=spot SPOT_ACTION='{"action":"terminate","time":"2099-01-01T00:02:00Z"}'
boot_instance "$taken_back"

on() { # on INSTANCE COMMAND...: spored's, as a person on that instance
  RUNTIME_DIRECTORY=$work/$1/run/spored "$SPAWN_BIN_DIR/spored" "${@:2}"
}
eventually() { # eventually COMMAND..., within a minute
  local end=$((SECONDS + 60))
  while [ "$SECONDS" -lt "$end" ]; do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  failed "never: $*"
}
state() { # state INSTANCE: what the registry says, without spawn
  /usr/bin/aws --endpoint-url "$moto_url" --output text dynamodb get-item --table-name spawn-hybrid-registry \
    --key "{\"job_array_id\": {\"S\": \"$id\"}, \"instance_id\": {\"S\": \"$1\"}}" \
    --query '[Item.status.S, Item.exit_code.N]' | tr '\t' ' '
}
is() { [ "$(state "$1")" = "$2" ]; }
for instance in "${instances[@]}"; do eventually on "$instance" status; done

# A fourth member, on this machine, is told of the array by its file: one table, one trace.
cat >local.yaml <<YAML
instance_id: local-fourth
launch: {id: $id, command: "true"}
job_array: {id: $id, name: ends, index: 3, size: 4}
observability: {tracing: {enabled: true, exporter: xray}}
YAML
mkdir here
run env RUNTIME_DIRECTORY="$PWD/here" STATE_DIRECTORY="$PWD/here" LOGS_DIRECTORY="$PWD/here" \
  "$SPAWN_BIN_DIR/spored" --config local.yaml
expect_exit 0
expect_equal 'the fourth' "$(state local-fourth)" 'completed 0'
eventually is "$taken_back" 'interrupted None' # AWS said so from the beginning
run spawn status --job-array-id "$id" --output text
expect_exit 0
expect_equal 'members of both kinds' "$(cut -f2,3,6 "$out" | tr '\t\n' ' ;')" \
  '0 running ec2;1 interrupted ec2;2 running ec2;3 completed local;'
expect_equal 'in one trace' "$(cut -f10 "$out" | sort -u)" "$trace"

# A setting is the instance's tag; and in force within a second, as the next span shows.
best=100000
for value in false true false true; do
  begun=$(now_ms)
  run on "$killed" config set tracing-enabled "$value"
  expect_exit 0
  [ $(($(now_ms) - begun)) -ge "$best" ] || best=$(($(now_ms) - begun))
  run on "$killed" config get tracing-enabled
  expect_equal 'config get' "$(cat "$out")" "$value"
  expect_equal 'the tag' "$(instance describe-tags --query 'Tags[].Value' \
    --filters "Name=resource-id,Values=$killed" Name=key,Values=spawn:tracing-enabled)" "$value"
  run on "$killed" span start "probe while tracing is $value"
  run on "$killed" span end "$(cat "$out")"
done
echo "spored config set on an instance: $best ms"
expect_less 'milliseconds of config set' "$best" 1000

# At rest it is small, though it calls AWS.
rss_kib() { awk '$1 == "VmRSS:" {print $2}' "/proc/$(cat "$work/$complete/spored.pid")/status"; }
is_small() { [ "$(rss_kib)" -le "${MOST_RSS_KIB:-12288}" ]; }
eventually is_small
echo "an agent on an instance: RSS $(rss_kib) KiB"

# SIGKILL: the registry knows no better, the command goes on and is not started twice, and what was open
# is closed by the next start, marked.
pid=$(cat "$work/$killed/spored.pid")
kill -KILL "$pid"
eventually test ! -e "/proc/$pid/exe"
expect_equal 'after SIGKILL' "$(state "$killed")" 'running None'
start_again "$killed"
eventually on "$killed" status
expect_match "$work/$killed/spored.log" 'the command was started before, as process [0-9]+; it is not started again'
orphan=$(sed -n 's/.*started before, as process \([0-9]*\);.*/\1/p' "$work/$killed/spored.log")

# SIGTERM: the agent ends, the instance does not.
kill -TERM "$(cat "$work/$killed/spored.pid")"
eventually is "$killed" 'stopped None'
kill -0 "$orphan" || failed "the command did not outlive its agent"
kill -- "-$orphan"

# A spot notice: exported and told first, then the person's own command runs.
eventually is "$taken_back" 'interrupted None'
eventually test -e saved
kill -TERM "$(cat "$work/$taken_back/spored.pid")"
eventually is "$taken_back" 'interrupted 143'

# Completion: told, exported, and the instance ends itself.
run on "$complete" complete --status failed --message 'disk full'
expect_exit 0
eventually is "$complete" 'failed 143'
is_terminated() {
  [ "$(instance describe-instances --instance-ids "$1" --query 'Reservations[0].Instances[0].State.Name')" = terminated ]
}
eventually is_terminated "$complete"

for instance in "${instances[@]}"; do
  pid=$(cat "$work/$instance/spored.pid")
  for _ in {1..200}; do
    [ -e "/proc/$pid/exe" ] || break
    sleep 0.1
  done
done
python3 - "$moto_url" "$trace" "${instances[@]}" <<'PYTHON' || failed "X-Ray does not have what it must"
import json, sys
import boto3

url, trace, killed, taken_back, complete = sys.argv[1:]
xray = boto3.client("xray", endpoint_url=url)
found = xray.batch_get_traces(TraceIds=[f"1-{trace[:8]}-{trace[8:]}"])["Traces"]
documents = [json.loads(s["Document"]) for s in (found[0]["Segments"] if found else [])]
# Of a span that was shown while it was open the last document counts.
whole = {d["id"]: d for d in documents if not d.get("in_progress")}


def flattened(document, instance):
    instance = document.get("annotations", {}).get("spawn_instance_id", instance)
    yield instance, document
    for sub in document.get("subsegments", []):
        yield from flattened(sub, instance)


spans = [pair for document in whole.values() for pair in flattened(document, None)]
names = lambda instance: sorted(d["name"] for i, d in spans if i == instance)
problems = []


def expect(instance, name, wanted):
    got = names(instance).count(name)
    if got != wanted:
        problems.append(f"{instance}: {got} × {name}, expected {wanted}")


expect(killed, "probe while tracing is true", 2)
expect(killed, "probe while tracing is false", 0)
expect(killed, "spored exit", 1)
# What a killed process leaves of an open span is its name and its place.
boots = {d["id"] for i, d in spans if i == killed}
workload = [d for _, d in spans if d["name"] == "spored workload" and d.get("parent_id") in boots]
if len(workload) != 1 or "spawn.unfinished" not in json.dumps(workload):
    problems.append(f"the workload of the killed agent is {workload}, not closed and marked")
expect(taken_back, "spored interruption", 1)
expect(taken_back, "spored workload", 1)
expect(complete, "spored terminate", 1)
expect(complete, "spored workload", 1)
if problems:
    print("\n".join(problems))
    for instance in (killed, taken_back, complete, None):
        print(instance, names(instance))
    sys.exit(1)
PYTHON
[ "$failures" -eq 0 ] || for instance in "${instances[@]}"; do show_file "$work/$instance/spored.log"; done
