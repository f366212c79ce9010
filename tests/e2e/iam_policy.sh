#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# `spawn iam policy` allows what is called, all of it and no more: a launch's whole life, from the
# person's commands to the agents that work off a queue and end their instances, is recorded where the
# calls arrive, told apart by whose keys signed them, and compared with the two policies.
. "$(dirname "$0")/lib.sh"
. "$here/instances.sh"
export MOTO_ENABLE_RECORDING=true MOTO_RECORDER_FILEPATH=$work/calls
start_moto
start_ssm --log "$work/ssm.log"
export AWS_ENDPOINT_URL=$moto_url
aws() { /usr/bin/aws --endpoint-url "$moto_url" "$@"; }
aws iam create-instance-profile --instance-profile-name worker >/dev/null
aws sqs create-queue --queue-name dead >/dev/null
aws sqs create-queue --queue-name jobs --attributes \
  '{"RedrivePolicy": "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:123456789012:dead\",\"maxReceiveCount\":1}"}' >/dev/null
aws s3 mb s3://results >/dev/null
cat >settings.yaml <<'YAML'
observability:
  tracing: {enabled: true, exporter: xray, sampling_rate: 1}
YAML
export SPAWN_CONFIG=$PWD/settings.yaml
field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0][sys.argv[2]])' "$out" "$1"; }

# What a person does.
run spawn launch --instance-type t3.micro --iam-role worker --volume-size 20 --name alone --json
expect_exit 0
id=$(field launch_id)
for command in list "status alone" "status $id" "stop alone" "start alone" "extend alone --ttl 2h" "terminate alone"; do
  # shellcheck disable=SC2086  # words
  run spawn $command
  expect_exit 0
done
run spawn launch --instance-type t3.micro --subnet subnet-00000000 --no-agent # fails, and says so in the registry
expect_exit 3
for n in 1 2 3; do echo "{\"id\": \"job-$n\", \"command\": \"echo $n\"}"; done >jobs.txt
echo '{"id": "poison", "command": "exit 1"}' >>jobs.txt
run spawn queue submit jobs jobs.txt
expect_exit 0

# What the instances do: one cannot see its tags without asking EC2; each is ended in another way.
run spawn launch --instance-type t3.micro --iam-role worker --count 2 --json --output-id ids --on-complete stop \
  --command "'$SPAWN_BIN_DIR/spored' run-queue jobs --results s3://results/nightly --on-complete lambda:done" \
  --trace-exporter xray --trace-sampling 1
expect_exit 0
id=$(field launch_id) trace=$(field trace_id)
mapfile -t instances <ids
boot_instance "${instances[0]}"
agent=$work/${instances[0]}
for _ in {1..300}; do
  RUNTIME_DIRECTORY=$agent/run/spored spored status >/dev/null 2>&1 && break
  sleep 0.1
done
run env RUNTIME_DIRECTORY="$agent/run/spored" "$SPAWN_BIN_DIR/spored" config set on-complete terminate
expect_exit 0
TAGS_IN_METADATA=no boot_instance "${instances[1]}"
for instance in "${instances[@]}"; do
  pid=$(cat "$work/$instance/spored.pid")
  for _ in {1..600}; do
    [ -e "/proc/$pid/exe" ] || break
    sleep 0.1
  done
done
run spawn status --job-array-id "$id" --json
expect_exit 0
expect_equal 'how the members ended' "$(grep -o '"exit_code":[0-9]*' "$out" | sort | tr '\n' ' ')" \
  '"exit_code":0 "exit_code":1 '
run spawn collect s3://results/nightly results
expect_exit 0
expect_equal 'results of a job array lie below its id' "$(cat "results/$id/job-2/job-2-stdout.log")" 2
# The jobs are part of the launch's trace, though nobody wrote a settings file on those instances.
run spawn trace show "$trace" --from xray --output json
expect_exit 0
expect_equal 'jobs in the trace' "$(grep -o '"name":"process jobs"' "$out" | wc -l)" 4
run spawn trace list --from xray --quiet
expect_exit 0
[ "$failures" -eq 0 ] || for instance in "${instances[@]}"; do
  show_file "$work/$instance/boot.log"
  show_file "$work/$instance/spored.log"
done

everything=(--trace --iam-role worker --queue jobs --results s3://results/nightly --on-complete lambda:done)
spawn iam policy "${everything[@]}" >person.json
spawn iam policy --for instance "${everything[@]}" >instance.json
python3 - <<'PYTHON' || failed "the policies are not what was called"
import base64, json, re, sys
from urllib.parse import parse_qs, urlparse

# How IAM calls what the API calls otherwise; and what is allowed without a permission.
OTHER = {"sqs:SendMessageBatch": "sqs:SendMessage", "sqs:DeleteMessageBatch": "sqs:DeleteMessage"}
FREE = {"sts:GetCallerIdentity"}
XRAY = {"/TraceSegments": "PutTraceSegments", "/TelemetryRecords": "PutTelemetryRecords", "/Traces": "BatchGetTraces",
        "/TraceSummaries": "GetTraceSummaries"}
# Not called here: EC2 checks that a role may be passed on when it launches; a large result may fail
# half-way; X-Ray is told counts each minute.
IMPLIED = {
    "person": {"iam:PassRole", "xray:PutTelemetryRecords"},
    "instance": {"s3:AbortMultipartUpload", "xray:PutTelemetryRecords"},
}
WHO = {"AKIAIOSFODNN7EXAMPLE": "person", "ASIAROLEEXAMPLEKEYID": "instance"}


def operation(service, call):
    url = urlparse(call["url"])
    headers = {name.lower(): value for name, value in call["headers"].items()}
    if "x-amz-target" in headers:
        return headers["x-amz-target"].split(".")[-1]
    if service == "xray":
        return XRAY[url.path]
    if service == "lambda":
        return "InvokeFunction"
    if service == "s3":
        is_object = "/" in url.path.strip("/")
        if call["method"] == "PUT":
            return "PutObject" if is_object else "CreateBucket"
        return "GetObject" if is_object else "ListBucket"
    return parse_qs(base64.b64decode(call["body"]).decode())["Action"][0]


called = {"person": set(), "instance": set()}
for line in open("calls"):
    call = json.loads(line)
    signed = re.search(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", call["headers"].get("Authorization", ""))
    if not signed or call["headers"].get("User-Agent", "").startswith("aws-cli"):  # the story's own
        continue
    action = f"{signed[2]}:{operation(signed[2], call)}"
    called[WHO[signed[1]]].add(OTHER.get(action, action))
for line in open("ssm.log"):
    call = json.loads(line)
    if call["service"]:
        called["person"].add(f'{call["service"]}:{call["operation"]}')

good = True
for who in called:
    allowed = {action for statement in json.load(open(f"{who}.json"))["Statement"] for action in statement["Action"]}
    missing, unused = called[who] - FREE - allowed, allowed - called[who] - IMPLIED[who]
    if missing or unused:
        good = False
        print(f"{who}: called and not allowed: {sorted(missing)}\nallowed and never called: {sorted(unused)}")
sys.exit(not good)
PYTHON
run spawn iam policy --results results
expect_exit 2
expect_match "$err" "--results: 'results' is no place in S3"
run spawn iam policy --for nobody
expect_exit 2
