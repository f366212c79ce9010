#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# What exporters may show: secrets never, in none of the four, nor in what --show draws; and rules of a
# person's own, for all exporters or for one, from flags, the file, and a running agent's settings.
. "$(dirname "$0")/lib.sh"
start_fake_aws
start_receiver
export AWS_ENDPOINT_URL_XRAY=$fake_url OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url
name='GET https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIDs3cr3t&X-Amz-Signature=s3cr3t'
hidden='GET https://b.s3.amazonaws.com/k?X-Amz-Credential=REDACTED&X-Amz-Signature=REDACTED'

# all_exporters OPTION...: one trace; what each of the four has of it.
all_exporters() {
  rm -f "$spans"
  run spawn trace run --exporter stdout,xray,otlp,local --sampling 1 --name "$name" "$@" -- sh -c 'exit 3'
  expect_exit 3
  grep '^{' "$err" >stdout.jsonl
  documents >xray.json
  cp "$spans" otlp.jsonl
  run spawn trace export "$(sed -n 's/.*"trace_id":"\([0-9a-f]*\)".*/\1/p' stdout.jsonl | head -n 1)" --from local --format jsonl
  expect_exit 0
  cp "$out" local.jsonl
}

all_exporters
for file in stdout.jsonl xray.json otlp.jsonl local.jsonl; do
  expect_match "$file" REDACTED
  expect_no_match "$file" s3cr3t
done
for file in stdout.jsonl otlp.jsonl local.jsonl; do
  expect_span "$file" "$hidden" process.exit.code=3 process.executable.name=sh
done

run spawn trace run --exporter none --show --sampling 1 --name 'GET /?sig=s3cr3t' -- true
expect_match "$err" 'sig=REDACTED'
expect_no_match "$err" s3cr3t

# For all, and for one on top.
all_exporters --filter 'deny=process.pid; patterns=\bamazonaws\b; replacement=***' --filter 'local.allow=error' \
  --filter 'otlp.mask=process.exit.code'
masked=${hidden//REDACTED/***} masked=${masked//amazonaws/***}
expect_span stdout.jsonl "$masked" process.exit.code=3 process.executable.name=sh
expect_span otlp.jsonl "$masked" 'process.exit.code=***' process.executable.name=sh
expect_span local.jsonl "$masked"
for file in stdout.jsonl xray.json otlp.jsonl local.jsonl; do
  expect_no_match "$file" s3cr3t
done
expect_no_match stdout.jsonl '"attributes":\{[^}]*"process.pid"'
expect_no_match otlp.jsonl '"attributes":\{[^}]*"process.pid"'
expect_no_match local.jsonl '"attributes":\{[^}]*"process\.'

# The file, as a map; what is wrong has its line.
cat >filter.yaml <<'YAML'
observability:
  tracing:
    filter:
      deny: ["process.*"]
      stdout:
        mask: [host.name]
YAML
run spawn trace run --config filter.yaml --exporter stdout --sampling 1 --name plain -- true
expect_span "$err" plain
expect_no_match "$err" '"process\.'
expect_match "$err" '"host.name":"REDACTED"'
sed -i 's/deny/dney/' filter.yaml
run spawn trace run --config filter.yaml -- true
expect_exit 2
expect_match "$err" "^spawn: filter.yaml:4: unknown key 'dney' in observability.tracing.filter; did you mean 'deny'"
run spawn trace run --filter 'patterns=(' -- true
expect_exit 2
expect_match "$err" "^spawn: --filter: '\(' is no regular expression: missing \)"

# A running agent takes a change up; what scripts say is filtered as all else.
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE
export AWS_EC2_METADATA_DISABLED=true XDG_RUNTIME_DIR=$work/run
mkdir -p "$XDG_RUNTIME_DIR"
printf 'instance_id: "local-1"\nlaunch:\n  id: "words"\nobservability:\n  tracing:\n    enabled: true\n    exporter: stdout\n    sampling_rate: 1.0\n' >local.yaml
start_agent
span() {
  run spored span start "$1"
  run spored span end "$(cat "$out")" --status error --message "$2"
  expect_exit 0
}
span first 'login failed: password=s3cr3t'
run spored config set tracing-filter 'patterns=card \d+'
expect_exit 0
run spored config get tracing-filter
expect_equal 'config get' "$(cat "$out")" 'patterns=card \d+'
span second 'no money on card 4111'
run spored config set tracing-filter 'deny'
expect_exit 2
expect_match "$err" 'expected one as deny=KEY,KEY'
kill -TERM "$agent"
wait "$agent"
grep '^{' agent.log >agent.jsonl
expect_span agent.jsonl first 'status=*login failed: password=REDACTED*'
expect_span agent.jsonl second 'status=*no money on REDACTED*'
expect_no_match agent.log 's3cr3t|4111'
