#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Two 503s before a 200: boto3 retries by itself, and the trace shows three attempts.
. "$(dirname "$0")/lib.sh"
start_fake_aws --fault s3:503:2
cat >put.py <<'PY'
import sys

import boto3

s3 = boto3.client("s3", endpoint_url=sys.argv[1])
print(s3.put_object(Bucket="bucket", Key="key", Body=b"x")["ResponseMetadata"]["RetryAttempts"])
PY
run spawn trace run --exporter stdout --sampling 1 -- python3 put.py "$fake_url"
expect_exit 0
expect_equal "retries that boto3 tells of" "$(cat "$out")" 2
expect_one_trace "$err"
expect_spans "$err" 1 S3.PutObject
expect_spans "$err" 3 'attempt *'
expect_parent "$err" 'attempt *' S3.PutObject
expect_span "$err" 'attempt 1' http.response.status_code=503 error=true
expect_span "$err" 'attempt 2' http.response.status_code=503 error=true http.request.resend_count=1
expect_span "$err" 'attempt 3' http.response.status_code=200 error=false http.request.resend_count=2
expect_span "$err" S3.PutObject http.response.status_code=200 error=false spawn.aws.attempts=3
