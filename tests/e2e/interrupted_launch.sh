#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Ctrl-C at every step of a launch on EC2: either nothing was launched, or what was is named. A gate
# before moto holds the call that is interrupted, so nothing here depends on time.
. "$(dirname "$0")/lib.sh"
start_moto
export AWS_ENDPOINT_URL=$moto_url
launched() {
  /usr/bin/aws --endpoint-url "$moto_url" --output text ec2 describe-instances \
    --query 'Reservations[].Instances[].[InstanceId]' | grep -v '^None$' | sort
}
status_of_launch_row() {
  # shellcheck disable=SC2016  # JMESPath's quotes
  /usr/bin/aws --endpoint-url "$moto_url" --output text dynamodb scan --table-name spawn-hybrid-registry \
    --query 'Items[?instance_id.S==`launch`].status.S'
}

# interrupt SERVICE CALL OPTION...: Ctrl-C while that call of the launch is under way.
interrupt() {
  local service=$1 call=$2 port='' gate
  shift 2
  rm -f held go port
  python3 "$here/gate.py" "$moto_url" "$call" "$work" >port &
  gate=$!
  for _ in {1..300}; do
    port=$(cat port)
    [ -z "$port" ] || break
    sleep 0.05
  done
  ran="Ctrl-C in $service $call of spawn launch $*"
  (
    export "AWS_ENDPOINT_URL_$service=http://127.0.0.1:$port"
    interruptible "$SPAWN_BIN_DIR/spawn" launch --instance-type t3.micro --ami ami-12c6146b --no-agent --quiet "$@"
  ) >"$out" 2>"$err" &
  local command=$!
  for _ in {1..600}; do
    [ ! -e held ] || break
    sleep 0.05
  done
  [ -e held ] || failed "it never called $call"
  kill -INT "$command"
  touch go
  wait "$command"
  status=$?
  kill "$gate"
  wait "$gate" 2>/dev/null
}

interrupt DYNAMODB PutItem --count 2
expect_exit 130
expect_match "$err" '^spawn: interrupted; nothing was launched$'
expect_equal 'instances' "$(launched)" ''
expect_equal 'what the registry says' "$(status_of_launch_row)" failed

interrupt EC2 RunInstances --count 2
expect_exit 130
expect_match "$err" '^spawn: launched 2 × t3.micro in us-east-1 as launch-'
expect_lines "$out" 2
expect_equal 'instances' "$(launched)" "$(sort "$out")"
cp "$out" before

interrupt EC2 RunInstances --wait
expect_exit 130
expect_match "$err" '^spawn: launched 1 × t3.micro in us-east-1 as launch-'
expect_match "$err" '^spawn: interrupted while waiting; the instances go on$'
expect_lines "$out" 1
expect_equal 'instances' "$(launched)" "$(sort before "$out")"
