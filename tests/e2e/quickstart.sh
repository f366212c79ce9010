#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# README's first command: ends 0 and shows the trace, with the failed call and the request ids.
. "$(dirname "$0")/lib.sh"
run "$top/tools/quickstart" <&-
expect_exit 0
for text in S3.PutObject DynamoDB.PutItem S3.GetObject NoSuchKey 'GPL-3 +5641' 'spawn trace run --show -- aws s3 ls'; do
  expect_match "$out" "$text"
done
trace=$top/build/quickstart/trace.jsonl
id=$(python3 "$here/spans.py" value "$trace" S3.CreateBucket aws.request_id)
expect_match "$out" "${id:-no request id}"
expect_span "$trace" S3.GetObject error=true error.type=NoSuchKey 'aws.request_id=?*'
expect_one_trace "$trace"
expect_no_match "$out" $'\x1b'
# The job array: one trace of the command and three members, and each member's own bucket in it. (A boot may be on the
# critical path as well, which is told below.)
expect_match "$out" '^spawn launch \[spawn\]'
expect_equal "agents in the array's waterfall" "$(grep -cE '^[├└]─ .*spored boot' "$out")" 3
for member in 0 1 2; do expect_match "$out" "local-[0-9a-f]*-$member +$member +completed"; done
