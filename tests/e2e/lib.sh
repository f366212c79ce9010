# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The vocabulary of the end-to-end stories. A story runs real programs (the AWS CLI, boto3, shells) under
# the built spawn and spored, against moto or our fake_aws, and says what it expects. It goes on after a
# failed expectation and ends 1 if there was any. CTest sets SPAWN_BIN_DIR, SPAWN_FAKE_AWS and
# SPAWN_TEST_PROGRAMS, the folder of the programs of tests/aws and tests/conformance.
#
#   start_moto               a stand-in for AWS that keeps state; sets $moto_url
#   start_fake_aws OPTION... our own, strict about X-Ray, fails on demand; sets $fake_url
#   start_trace_serve OPTION... our local X-Ray; sets $serve_pid and what it prints, $AWS_ENDPOINT_URL_XRAY first
#   start_receiver ANSWER... a receiver of OTLP (otlp_receiver.py), each time a fresh one; sets $receiver_url; what it
#                            took is in $spans
#   start_agent              the agent of local.yaml, in the background; sets $agent
#   run COMMAND...           runs it; its status in $status, its output in $out, its stderr in $err
#   spawn, spored            the built programs
#   interruptible COMMAND... for the background, which would ignore Ctrl-C
#   documents                what fake_aws's X-Ray accepted, as JSON
#   expect_exit N · expect_equal WHAT GOT WANTED · expect_match FILE REGEX · expect_no_match FILE REGEX
#   expect_lines FILE N · expect_span FILE NAME [KEY=VALUE...] · expect_spans FILE N NAME
#   expect_parent FILE CHILD PARENT · expect_one_trace FILE · expect_no_secret FILE...
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib/common.sh"
here=$top/tests/e2e
isolate_from_accounts
use_dummy_credentials

story=$(basename "$0" .sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/spawn-$story.XXXXXX")
out=$work/out err=$work/err spans=$work/spans.jsonl status=0 ran='' failures=0 started=()
cd "$work" || exit 1
# What could not be sent is kept here, and nowhere else.
export XDG_STATE_HOME=$work/state STATE_DIRECTORY=$work/state/spored

finish() {
  local ended=$?
  [ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null
  [ "$failures" -eq 0 ] || ended=1
  rm -rf "$work"
  exit "$ended"
}
trap finish EXIT
trap 'exit 143' TERM

failed() {
  failures=$((failures + 1))
  echo "$story: line $({ caller 1 || caller 0; } | cut -d' ' -f1): $*"
  [ -z "$ran" ] || echo "    after: $ran"
}
show_file() { sed 's/^/    | /' "$1" | tail -n 25; }

spawn() { "$SPAWN_BIN_DIR/spawn" "$@"; }
spored() { "$SPAWN_BIN_DIR/spored" "$@"; }
run() {
  ran="$*"
  "$@" >"$out" 2>"$err"
  status=$?
}

interruptible() {
  exec python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}

start_moto() {
  run_moto "$work/moto.log" || exit 1
  started+=("$moto_pid")
}

start_fake_aws() {
  : >"$work/fake.out" # an earlier one wrote its port there
  "$SPAWN_FAKE_AWS" "$@" </dev/null >"$work/fake.out" 2>"$work/fake.log" &
  started+=($!)
  local port=''
  for _ in {1..100}; do
    port=$(sed -n 's/^port \([0-9]*\)$/\1/p' "$work/fake.out")
    [ -z "$port" ] || break
    sleep 0.05
  done
  [ -n "$port" ] || { failed "fake_aws named no port" && show_file "$work/fake.log" && exit 1; }
  fake_url=http://127.0.0.1:$port
}

start_trace_serve() {
  : >"$work/serve.out" # an earlier one wrote its addresses there
  "$SPAWN_BIN_DIR/spawn" trace serve --port 0 "$@" >"$work/serve.out" 2>"$work/serve.err" </dev/null &
  serve_pid=$!
  started+=("$serve_pid")
  for _ in {1..200}; do
    ! grep -q AWS_ENDPOINT_URL_XRAY "$work/serve.out" || break
    kill -0 "$serve_pid" 2>/dev/null || break
    sleep 0.05
  done
  grep -q AWS_ENDPOINT_URL_XRAY "$work/serve.out" || { failed "trace serve did not start" && show_file "$work/serve.err" && exit 1; }
  # shellcheck source=/dev/null
  . "$work/serve.out"
}

# The agent of local.yaml, its output in agent.out and agent.log, once it answers.
start_agent() {
  "$SPAWN_BIN_DIR/spored" --config local.yaml </dev/null >agent.out 2>agent.log &
  agent=$!
  started+=("$agent")
  for _ in {1..200}; do
    ! spored status >/dev/null 2>&1 || break
    sleep 0.05
  done
}

start_receiver() {
  local port=''
  rm -f "$spans"
  : >"$work/receiver.out"
  python3 "$here/otlp_receiver.py" "$spans" "$@" </dev/null >"$work/receiver.out" 2>"$work/receiver.log" &
  started+=($!)
  for _ in {1..100}; do
    port=$(sed -n 's/^port \([0-9]*\)$/\1/p' "$work/receiver.out")
    [ -z "$port" ] || break
    sleep 0.05
  done
  [ -n "$port" ] || { failed "the receiver named no port" && show_file "$work/receiver.log" && exit 1; }
  # shellcheck disable=SC2034 # the stories use it
  receiver_url=http://127.0.0.1:$port
}

get() { python3 -c 'import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())' "$1"; }
documents() { get "$fake_url/_documents"; }
unused_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
now_ms() { date +%s%3N; }

expect_exit() {
  [ "$status" -eq "$1" ] || { failed "exit status $status, expected $1" && show_file "$err"; }
}
expect_equal() {
  [ "$2" = "$3" ] || { failed "$1: got '$2', expected '$3'" && show_file "$err"; }
}
expect_less() {
  [ "$2" -lt "$3" ] || failed "$1: got $2, expected less than $3"
}
expect_match() {
  grep -qE -- "$2" "$1" || { failed "nothing in $(basename "$1") matches '$2'" && show_file "$1"; }
}
expect_no_match() {
  ! grep -qE -- "$2" "$1" || { failed "$(basename "$1") must not match '$2'" && show_file "$1"; }
}
expect_lines() {
  local lines
  lines=$(wc -l <"$1")
  [ "$lines" -eq "$2" ] || { failed "$(basename "$1") has $lines lines, expected $2" && show_file "$1"; }
}

# The questions about spans are answered by spans.py, which reads JSON lines between other text.
ask() {
  local answer
  answer=$(python3 "$here/spans.py" "$@" 2>&1) || { failed "$answer" && show_file "$2"; }
}
expect_span() { ask span "$@"; }
expect_spans() { ask spans "$@"; }
expect_parent() { ask parent "$@"; }
expect_one_trace() { ask one_trace "$@"; }

# Neither key nor secret nor token nor any signature.
expect_no_secret() {
  local file secret
  for file in "$@"; do
    for secret in "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "${AWS_SESSION_TOKEN:-$AWS_SECRET_ACCESS_KEY}" \
      'Signature='; do
      ! grep -qF -- "$secret" "$file" || failed "$(basename "$file") contains the secret '$secret'"
    done
  done
}
