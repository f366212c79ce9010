#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Work goes to a queue with `spawn queue submit`, its trace context with it; an agent works it off, and
# `spawn collect` brings home what it left in S3. boto3 looks at what lies in between.
. "$(dirname "$0")/lib.sh"
export MOTO_ENABLE_RECORDING=true MOTO_RECORDER_FILEPATH=$work/calls
start_moto
export AWS_ENDPOINT_URL=$moto_url
aws() { /usr/bin/aws --endpoint-url "$moto_url" "$@"; }
aws sqs create-queue --queue-name jobs >/dev/null
aws s3 mb s3://results >/dev/null
cat >settings.yaml <<'YAML'
observability:
  tracing: {enabled: true, exporter: stdout, sampling_rate: 1}
YAML
export SPAWN_CONFIG=$PWD/settings.yaml LOGS_DIRECTORY=$work/logs

# Twelve jobs are two batches.
for n in {1..11}; do echo "{\"id\":\"job-$n\",\"command\":\"echo result of $n\"}"; done >jobs.txt
echo '{"id":"bad","command":"echo started; exit 3"}' >>jobs.txt
run spawn queue submit jobs jobs.txt --json
expect_exit 0
expect_equal 'messages' "$(python3 -c 'import json, sys; print(*(m["line"] for m in json.load(open(sys.argv[1]))))' "$out")" \
  '1 2 3 4 5 6 7 8 9 10 11 12'
grep '^{' "$err" >sent.jsonl
expect_span sent.jsonl 'spawn queue submit' error=false
expect_spans sent.jsonl 2 SQS.SendMessageBatch

# The context is where SDKs look for it: in W3C's attributes, and in X-Ray's system attribute. (Of a
# batch moto forgets the latter, so it is looked for in what arrived.)
python3 - "$moto_url" sent.jsonl <<'PYTHON' || failed "the messages do not carry the trace"
import base64, json, sys
import boto3

url, spans = sys.argv[1:]
spans = [json.loads(line) for line in open(spans)]
sent_by = {s["span_id"]: s["trace_id"] for s in spans if s["name"] == "SQS.SendMessageBatch"}
sqs = boto3.client("sqs", endpoint_url=url)
queue = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
messages = []
while len(messages) < 12:
    got = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=600,
                              AttributeNames=["All"], MessageAttributeNames=["All"]).get("Messages")
    if not got:
        break
    messages += got
for message in messages:
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
problems = [] if len(messages) == 12 else [f"{len(messages)} messages"]
for message in messages:
    traceparent = message["MessageAttributes"]["traceparent"]["StringValue"]
    _, trace, span, flags = traceparent.split("-")
    if sent_by.get(span) != trace:
        problems.append(f"{traceparent} is of none of {sent_by}")
headers = []
for call in map(json.loads, open("calls")):
    if call["headers"].get("X-Amz-Target", "").endswith(".SendMessageBatch"):
        for entry in json.loads(base64.b64decode(call["body"]))["Entries"]:
            headers.append(entry["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"])
wanted = [f"Root=1-{trace[:8]}-{trace[8:]};Parent={span};Sampled=1" for span, trace in sent_by.items()]
if len(headers) != 12 or set(headers) != set(wanted):
    problems.append(f"X-Ray's headers: {headers}, expected {wanted}")
print("\n".join(problems))
sys.exit(bool(problems))
PYTHON

run spored run-queue jobs --results s3://results/nightly --config settings.yaml
expect_exit 1
expect_match "$err" '11 jobs succeeded, 1 failed'
grep '^{' "$err" >worked.jsonl
expect_spans worked.jsonl 12 'process jobs'

# What lies in S3 is listed, fetched, and found again; a file is never written outside of the folder.
run spawn collect s3://results/nightly --list --json
expect_exit 0
expect_match "$out" '"key":"nightly/job-1/'
expect_equal 'nothing is fetched by --list' "$(find . -path './home/*' | wc -l)" 0
echo evil | aws s3 cp - 's3://results/nightly/../../evil'
run spawn collect s3://results/nightly home --quiet
expect_exit 0
expect_match "$err" "'nightly/\.\./\.\./evil' is no name of a file and was left out"
expect_equal 'the result of job 7' "$(cat home/job-7/*stdout*)" 'result of 7'
expect_equal 'the output of the failed one' "$(cat home/bad/*stdout*)" started
expect_equal 'nothing outside' "$(find "$work" -name evil | wc -l)" 0
run spawn collect s3://results/nightly one --job-array-id job-2
expect_exit 0
expect_equal 'only one was fetched' "$(find one -type f -name '*stdout*' | wc -l)" 1
run spawn collect s3://results/no-such-thing
expect_exit 3
expect_match "$err" 'there is nothing in s3://results/no-such-thing/'
run spawn collect s3://no-such-bucket
expect_exit 3
run spawn collect results
expect_exit 2
expect_match "$err" 'expected s3://BUCKET/PREFIX'
run spawn queue submit no-such-queue --body true
expect_exit 3
run spawn queue submit jobs
expect_exit 2
