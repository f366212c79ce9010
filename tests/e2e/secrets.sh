#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# With a session token in use, no key, token or signature is in anything that we write or send.
. "$(dirname "$0")/lib.sh"
export AWS_ACCESS_KEY_ID=ASIAE2ESECRETKEYID00
export AWS_SECRET_ACCESS_KEY=e2e/secretaccesskey/that/must/not/be/seen
AWS_SESSION_TOKEN=e2esessiontoken$(printf 'X%.0s' {1..900})
export AWS_SESSION_TOKEN
start_fake_aws --fault s3:503:1
cat >calls.py <<'PY'
import sys

import boto3

url = sys.argv[1]
boto3.client("s3", endpoint_url=url).put_object(Bucket="bucket", Key="key", Body=b"x")
for service, call in (("sts", "get_caller_identity"), ("dynamodb", "list_tables")):
    try:
        getattr(boto3.client(service, endpoint_url=url), call)()
    except Exception as error:
        print(type(error).__name__)
PY
run spawn trace run --exporter stdout,xray --endpoint "$fake_url" --sampling 1 --show -- python3 calls.py "$fake_url"
expect_exit 0
expect_span "$err" S3.PutObject error=false
documents >documents.json
expect_match documents.json PutObject
expect_no_secret "$out" "$err" documents.json "$work/fake.out" "$work/fake.log"
cp "$err" trace.jsonl

id=$(python3 "$here/spans.py" value trace.jsonl S3.PutObject trace_id)
run spawn trace show "$id" --from trace.jsonl
expect_exit 0
expect_no_secret "$out" "$err"

# Nor when the exporter is refused, which is when tools like to print the request.
start_fake_aws --fault xray:403:999
run spawn trace run --exporter xray --endpoint "$fake_url" --sampling 1 -- python3 calls.py "$fake_url"
expect_exit 0
expect_match "$err" AccessDenied
expect_no_secret "$out" "$err" "$work/fake.log"
run spawn trace show "$id" --from xray --endpoint "$fake_url"
expect_equal "trace show fails when refused" "$((status != 0))" 1
expect_no_secret "$out" "$err"
