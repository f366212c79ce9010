#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# `spored run` does what `spawn trace run` does, with its settings from the file of local instances.
. "$(dirname "$0")/lib.sh"
start_moto
s3=(aws --endpoint-url "$moto_url" s3)

# Tracing is off unless asked for, and then leaves no mark.
run spored run -- env
expect_exit 0
expect_no_match "$out" '^(AWS_CSM_|TRACEPARENT)'
expect_lines "$err" 0

cat >local.yaml <<YAML
observability:
  tracing:
    enabled: true
    exporter: stdout,xray
    sampling_rate: 1.0
    endpoint: "$moto_url"
YAML
export SPAWN_CONFIG=$work/local.yaml
run spored run -- "${s3[@]}" mb s3://spored
expect_exit 0
expect_one_trace "$err"
expect_parent "$err" S3.CreateBucket aws
expect_span "$err" S3.CreateBucket error=false 'aws.request_id=?*'
expect_match "$err" '"service.name":"spored"'
cp "$err" trace.jsonl
id=$(python3 "$here/spans.py" value trace.jsonl aws trace_id)
run spawn trace show "$id" --from xray --endpoint "$moto_url"
expect_exit 0
expect_match "$out" S3.CreateBucket

run spored run -- sh -c 'exit 5'
expect_exit 5
run spored run -- no-such-command-anywhere
expect_exit 127
expect_match "$err" '^spored: .*no-such-command-anywhere'
