#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# `spawn iam policy` allows what spawn's commands call, all of it and no more: every call of a launch's
# whole life is recorded, and the two lists are compared.
. "$(dirname "$0")/lib.sh"
. "$here/instances.sh"
start_moto
start_ssm
export AWS_ENDPOINT_URL=$moto_url
/usr/bin/aws --endpoint-url "$moto_url" iam create-instance-profile --instance-profile-name worker >/dev/null
/usr/bin/aws --endpoint-url "$moto_url" sqs create-queue --queue-name jobs >/dev/null
cat >settings.yaml <<'YAML'
observability:
  tracing:
    enabled: true
    exporter: stdout
    sampling_rate: 1
YAML
export SPAWN_CONFIG=$PWD/settings.yaml
: >spans
does() {
  run spawn "$@"
  cat "$err" >>spans
}
does launch --instance-type t3.micro --iam-role worker --volume-size 20 --name alone --json
expect_exit 0
id=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0]["launch_id"])' "$out")
for command in list "status alone" "status $id" "stop alone" "start alone" "extend alone --ttl 2h" "terminate alone"; do
  # shellcheck disable=SC2086  # words
  does $command
  expect_exit 0
done
does launch --instance-type t3.micro --subnet subnet-00000000 --no-agent # fails, and says so in the registry
expect_exit 3
does queue submit jobs --body '{"command": "true"}'
expect_exit 0

spawn iam policy --queue --iam-role worker >policy.json
python3 - <<'PYTHON' || failed "the policy is not what was called"
import json

# How IAM calls what the API calls otherwise; and what is allowed without a permission.
OTHER = {"s3:HeadObject": "s3:GetObject", "sqs:SendMessageBatch": "sqs:SendMessage"}
FREE = {"sts:GetCallerIdentity"}
# No calls: S3 tells "not there" from "not allowed" by the one, EC2 checks the other when it launches.
IMPLIED = {"s3:ListBucket", "iam:PassRole"}

called = set()
for line in open("spans"):
    if not line.startswith('{"trace_id"'):
        continue
    attributes = json.loads(line)["attributes"]
    if "aws.operation" in attributes and "aws.service" in attributes:
        action = f'{attributes["aws.service"]}:{attributes["aws.operation"]}'
        called.add(OTHER.get(action, action))
allowed = {
    action
    for statement in json.load(open("policy.json"))["Statement"]
    for action in statement["Action"]
}
missing, unused = called - FREE - allowed, allowed - called - IMPLIED
if missing or unused:
    print("called and not allowed:", sorted(missing), "\nallowed and never called:", sorted(unused))
    raise SystemExit(1)
PYTHON
