#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# An unmodified `aws s3 cp` becomes one trace, and does what it does without us.
. "$(dirname "$0")/lib.sh"
start_moto
s3=(aws --endpoint-url "$moto_url" s3)
licence=/usr/share/common-licenses/Apache-2.0
run "${s3[@]}" mb s3://upload
expect_exit 0

run "${s3[@]}" cp "$licence" s3://upload/plain --no-progress
expect_exit 0
sed 's/plain/traced/' "$out" >untraced.out

run spawn trace run --exporter stdout --sampling 1 --name upload -- \
  "${s3[@]}" cp "$licence" s3://upload/traced --no-progress
expect_exit 0
expect_equal "stdout, compared with an untraced run" "$(cmp "$out" untraced.out 2>&1)" ""
expect_one_trace "$err"
expect_span "$err" upload kind=INTERNAL error=false
expect_parent "$err" upload ""
expect_spans "$err" 1 S3.PutObject
expect_parent "$err" S3.PutObject upload
expect_span "$err" S3.PutObject kind=CLIENT aws.service=s3 aws.operation=PutObject aws.region=us-east-1 \
  'aws.request_id=?*' error=false http.response.status_code=200 rpc.system=aws-api rpc.service=S3 \
  rpc.method=PutObject cloud.region=us-east-1 spawn.source=csm
expect_parent "$err" 'attempt 1' S3.PutObject

# A download to stdout: the bytes are the file's.
run spawn trace run --exporter stdout --sampling 1 -- "${s3[@]}" cp s3://upload/traced - --no-progress
expect_exit 0
expect_equal "bytes of the download" "$(cmp "$out" "$licence" 2>&1)" ""
expect_span "$err" aws kind=INTERNAL
expect_span "$err" S3.GetObject error=false

# What fails still fails the same way, and the trace says why.
run spawn trace run --exporter stdout --sampling 1 -- "${s3[@]}" cp s3://upload/missing here --no-progress
expect_exit 1
expect_match "$err" '^fatal error: .*404'
expect_span "$err" S3.HeadObject error=true http.response.status_code=404
