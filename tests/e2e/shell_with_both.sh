#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# A shell script that uses the AWS CLI and boto3: one trace, every call under its root.
. "$(dirname "$0")/lib.sh"
start_moto
cat >both.sh <<'SH'
set -e
aws --endpoint-url "$1" s3 mb s3://both
echo text | aws --endpoint-url "$1" s3 cp - s3://both/key
python3 - "$1" <<'PY'
import sys

import boto3

print(boto3.client("s3", endpoint_url=sys.argv[1]).get_object(Bucket="both", Key="key")["Body"].read())
print(boto3.client("sts", endpoint_url=sys.argv[1]).get_caller_identity()["Account"])
PY
SH
run spawn trace run --exporter stdout,xray --endpoint "$moto_url" --sampling 1 --name both -- bash both.sh "$moto_url"
expect_exit 0
expect_match "$out" "^b'text"
expect_one_trace "$err"
for call in S3.CreateBucket S3.PutObject S3.GetObject STS.GetCallerIdentity; do
  expect_spans "$err" 1 "$call"
  expect_parent "$err" "$call" both
done

# X-Ray has the same trace, and it can be read back from there and from the file.
cp "$err" trace.jsonl
id=$(python3 "$here/spans.py" value trace.jsonl both trace_id)
run spawn trace show "$id" --from xray --endpoint "$moto_url"
expect_exit 0
cp "$out" from_xray
run spawn trace show "$id" --from trace.jsonl
expect_exit 0
for call in both S3.CreateBucket S3.PutObject S3.GetObject STS.GetCallerIdentity; do
  expect_match from_xray "$call"
  expect_match "$out" "$call"
done
expect_no_match "$out" $'\x1b'

# The id in X-Ray's own form will do as well; an unknown one is not found.
run spawn trace show "1-${id:0:8}-${id:8}" --from xray --endpoint "$moto_url"
expect_exit 0
run spawn trace show 1-581cf771-000000000000000000000001 --from xray --endpoint "$moto_url"
expect_exit 3
expect_lines "$err" 1
