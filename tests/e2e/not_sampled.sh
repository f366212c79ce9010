#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Not sampled, by rate 0 or by the parent's flag: no CSM variable, nothing sent, and the context is still
# passed on, with the flag down.
. "$(dirname "$0")/lib.sh"
start_fake_aws

run spawn trace run --exporter stdout,xray --endpoint "$fake_url" --sampling 0 -- env
expect_exit 0
expect_no_match "$out" '^AWS_CSM_'
expect_match "$out" '^TRACEPARENT=00-[0-9a-f]{32}-[0-9a-f]{16}-00$'
expect_lines "$err" 0

parent=00-6552aa19c0ffee0123456789abcdef01-00f067aa0ba902b7
run env TRACEPARENT=$parent-00 "$SPAWN_BIN_DIR/spawn" trace run --exporter stdout,xray --endpoint "$fake_url" --sampling 1 -- env
expect_exit 0
expect_no_match "$out" '^AWS_CSM_'
expect_match "$out" "^TRACEPARENT=00-6552aa19c0ffee0123456789abcdef01-[0-9a-f]{16}-00\$"
expect_lines "$err" 0
expect_equal "documents that were sent" "$(documents | tr -d '[:space:]')" ""

# The other way round: a sampled parent is obeyed though our own rate is 0, and we are its child.
run env TRACEPARENT=$parent-01 "$SPAWN_BIN_DIR/spawn" trace run --exporter stdout --sampling 0 -- env
expect_exit 0
expect_match "$out" '^AWS_CSM_ENABLED=true$'
expect_match "$out" "^TRACEPARENT=00-6552aa19c0ffee0123456789abcdef01-[0-9a-f]{16}-01\$"
expect_span "$err" env trace_id=6552aa19c0ffee0123456789abcdef01 parent_span_id=00f067aa0ba902b7

# X-Ray's own variable is a parent too.
run env _X_AMZN_TRACE_ID='Root=1-6552aa19-c0ffee0123456789abcdef01;Parent=00f067aa0ba902b7;Sampled=1' \
  "$SPAWN_BIN_DIR/spawn" trace run --exporter stdout --sampling 0 -- env
expect_exit 0
expect_span "$err" env trace_id=6552aa19c0ffee0123456789abcdef01 parent_span_id=00f067aa0ba902b7
expect_match "$out" '^_X_AMZN_TRACE_ID=Root=1-6552aa19-c0ffee0123456789abcdef01;Parent=[0-9a-f]{16};Sampled=1'
