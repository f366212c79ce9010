#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Contexts in SQS messages and DynamoDB items, between us, boto3 and the AWS CLI. MESSAGES_TEST is
# tests/aws/messages_test.cc, built.
. "$(dirname "$0")/lib.sh"
start_moto
export AWS_ENDPOINT_URL=$moto_url

run python3 "$here/messages.py" fill
expect_exit 0

run "$MESSAGES_TEST" --gtest_brief=1
cp "$out" ours
cp "$out" "$err"
expect_exit 0
expect_match ours 'PASSED.* 3 tests'

# Before boto3 reads the messages, which then are hidden from others.
url=$(python3 -c 'import boto3, sys; print(boto3.client("sqs", endpoint_url=sys.argv[1]).get_queue_url(QueueName="from-us")["QueueUrl"])' "$moto_url")
run aws --endpoint-url "$moto_url" sqs receive-message --queue-url "$url" --visibility-timeout 0 \
  --max-number-of-messages 10 --attribute-names AWSTraceHeader --message-attribute-names All
expect_exit 0
expect_match "$out" "\"StringValue\": \"$(sed -n 's/^sent single //p' ours)\""
expect_match "$out" '"AWSTraceHeader": "Root=1-'
run aws --endpoint-url "$moto_url" dynamodb get-item --table-name items --key '{"id":{"S":"ours é"}}'
expect_exit 0
expect_match "$out" "\"S\": \"$(sed -n 's/^item //p' ours)\""

run python3 "$here/messages.py" check ours
expect_exit 0
