#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Every operation of ours, the guide's fourteen first, against a stand-in with state: right results and
# complete spans, also when it fails. OPERATIONS_TEST is tests/aws/operations_test.cc, built.
. "$(dirname "$0")/lib.sh"
start_moto
export AWS_ENDPOINT_URL=$moto_url
python3 - <<'PYTHON' || failed "boto3 could not make what the table needs"
import boto3, os
client = lambda service: boto3.client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])
client("s3").create_bucket(Bucket="lab")
iam = client("iam")
iam.create_role(RoleName="worker", AssumeRolePolicyDocument="{}")
iam.create_instance_profile(InstanceProfileName="worker")
PYTHON

run "$OPERATIONS_TEST" --gtest_brief=1
cp "$out" "$err"
expect_exit 0
expect_match "$out" 'PASSED.* 1 test'
