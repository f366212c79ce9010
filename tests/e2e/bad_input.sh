#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Bad input gets one line that names what and what would be right, exit 2, and nothing is started.
. "$(dirname "$0")/lib.sh"

expect_refusal() {
  expect_exit 2
  expect_lines "$err" 1
  expect_match "$err" "$1"
  expect_equal stdout "$(cat "$out")" ""
  [ ! -e started ] || failed "the command was started"
}
for program in "spawn trace" spored; do
  # shellcheck disable=SC2086  # two words
  try() { run $program run "$@" -- touch started && expect_refusal "$wanted"; }
  wanted="xrya.*xray" && try --exporter xrya
  wanted="stdout" && try --exporter xray,stdotu
  wanted="2.*0.*1" && try --sampling 2
  wanted="-0.1.*0.*1" && try --sampling=-0.1
  wanted="nan" && try --sampling nan
  wanted="half" && try --sampling half
  wanted="not a url" && try --endpoint "not a url"
  wanted="ftp" && try --endpoint ftp://127.0.0.1
  wanted="sampl" && try --samplign 1
done
run spawn trace run --exporter stdout
expect_refusal command
run spawn trace run --exporter stdout --
expect_refusal command
run spored run
expect_refusal command
run spawn trace rnu -- touch started
expect_refusal run
run spawn tarce run -- touch started
expect_refusal trace

# The file is as strict: file, line and key are named.
printf 'observability:\n  tracing:\n    enabled: true\n    sampling_rte: 0.5\n' >local.yaml
run env SPAWN_CONFIG=local.yaml "$SPAWN_BIN_DIR/spored" run -- touch started
expect_refusal 'local.yaml:4.*sampling_rte.*sampling_rate'
run env SPAWN_CONFIG=not-there.yaml "$SPAWN_BIN_DIR/spored" run -- touch started
expect_refusal 'not-there.yaml'

# The command itself, as a shell has it.
touch not-executable
run spawn trace run --exporter stdout -- no-such-command-anywhere
expect_exit 127
expect_match "$err" '^spawn: .*no-such-command-anywhere'
run spawn trace run --exporter stdout -- ./not-executable
expect_exit 126
expect_match "$err" '^spawn: .*not-executable'

# A parent that makes no sense: a new trace and one note.
run env TRACEPARENT=00-garbage "$SPAWN_BIN_DIR/spawn" trace run --exporter stdout --sampling 1 -- env
expect_exit 0
expect_match "$err" '^spawn: .*TRACEPARENT'
expect_equal "notes" "$(grep -c '^spawn: ' "$err")" 1
expect_parent "$err" env ""
expect_match "$out" '^TRACEPARENT=00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]$'

run spawn trace show not-an-id --from "$err"
expect_exit 2
run spawn trace show 6552aa19c0ffee0123456789abcdef01 --from not-there.jsonl
expect_lines "$err" 1
expect_match "$err" not-there.jsonl
