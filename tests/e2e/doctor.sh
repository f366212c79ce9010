#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# trace doctor: sends a segment and reads it back; what stands in the way is named with its cure.
. "$(dirname "$0")/lib.sh"
cat >good.yaml <<'YAML'
observability:
  tracing:
    enabled: true
    sampling_rate: 1.0
YAML
export SPAWN_CONFIG=$work/good.yaml

start_fake_aws
AWS_ENDPOINT_URL=$fake_url run spawn trace doctor
expect_exit 0
expect_match "$out" '^ok +credentials +from '
expect_match "$out" '^ok +self-test +X-Ray took segment 1-[0-9a-f]{8}-[0-9a-f]{24}$'
expect_match "$out" '^ok +reading back +the segment can be read$'
expect_no_match "$out" '^problem'
expect_no_secret "$out" "$err"

# The agent's own, for machines.
AWS_ENDPOINT_URL=$fake_url run spored trace doctor --output json
expect_exit 0
python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["healthy"] is True' "$out" || failed "no healthy JSON"

# Nobody listens; no region; no credentials; nothing switched on.
AWS_ENDPOINT_URL=http://127.0.0.1:$(unused_port) run spawn trace doctor
expect_exit 1
expect_match "$out" '^problem +endpoint '
expect_match "$out" 'nobody listens there: check tracing-endpoint'
run env -u AWS_REGION -u AWS_DEFAULT_REGION "$SPAWN_BIN_DIR/spawn" trace doctor
expect_exit 1
expect_match "$out" 'set AWS_REGION'
AWS_ENDPOINT_URL=$fake_url run env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \
  AWS_EC2_METADATA_DISABLED=true "$SPAWN_BIN_DIR/spawn" trace doctor
expect_exit 1
expect_match "$out" '^problem +credentials '
expect_match "$out" 'aws configure'
echo 'observability: {tracing: {enabled: false, exporter: none, sampling_rate: 0}}' >off.yaml
SPAWN_CONFIG=$work/off.yaml run spawn trace doctor
expect_exit 1
expect_match "$out" '^problem +tracing +not enabled \(.*off.yaml:1\)$'
expect_match "$out" '^problem +exporter +none'
expect_match "$out" '^problem +sampling +0: no trace is ever recorded'

# The account's sampling rules record nothing.
printf 'observability: {tracing: {enabled: true, sampling_rate: remote}}\n' >remote.yaml
rule='{"RuleName":"off","Priority":1,"FixedRate":0,"ReservoirSize":0,"ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","ResourceARN":"*"}'
SPAWN_CONFIG=$work/remote.yaml AWS_ENDPOINT_URL=$fake_url run spawn trace doctor
expect_exit 0
expect_match "$out" "^ok +sampling rules +'Default': 1 a second and 5 % of the rest$"
start_fake_aws --sampling-rule "$rule"
SPAWN_CONFIG=$work/remote.yaml AWS_ENDPOINT_URL=$fake_url run spawn trace doctor
expect_exit 1
expect_match "$out" "^problem +sampling rules +'off': .*no trace is ever recorded$"
expect_match "$out" 'aws xray update-sampling-rule'
