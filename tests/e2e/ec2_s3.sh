#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Our EC2, IAM and S3 beside boto3, on one stand-in: each reads what the other has written, and every
# call of ours, good or bad, has its complete span. EC2_S3_TEST is tests/aws/ec2_s3_test.cc, built.
. "$(dirname "$0")/lib.sh"
start_moto
export AWS_ENDPOINT_URL=$moto_url
head -c 40000000 /dev/urandom >large

run python3 "$here/ec2_s3.py" fill
expect_exit 0

run "$EC2_S3_TEST" --gtest_filter=-StreamingTest.*
cp "$out" "$err"
expect_exit 0
expect_no_match "$out" 'PASSED.* 0 tests'

run "$EC2_S3_TEST" --gtest_filter=StreamingTest.*
cp "$out" "$err"
expect_exit 0
expect_match "$out" 'peak memory grew by'
expect_equal "files left behind by the download" "$(find . -name '*.part')" ""

run python3 "$here/ec2_s3.py" check
expect_exit 0
