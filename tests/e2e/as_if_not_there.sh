#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The child's stdin, stdout, stderr, status and signals are its own.
. "$(dirname "$0")/lib.sh"
traced=(spawn trace run --exporter none --)

run "${traced[@]}" cat <<<"what came in"
expect_exit 0
expect_equal stdout "$(cat "$out")" "what came in"
run "${traced[@]}" sh -c 'echo out; echo err >&2; exit 3'
expect_exit 3
expect_equal stdout "$(cat "$out")" out
expect_equal stderr "$(cat "$err")" err
run "${traced[@]}" printf '%s|' 'two words' '' '--sampling' '*'
expect_equal arguments "$(cat "$out")" 'two words||--sampling|*|'
# stdin may be closed.
run "${traced[@]}" sh -c 'echo fine' <&-
expect_exit 0
expect_equal "no file but the standard three is open in the child" \
  "$("$SPAWN_BIN_DIR/spawn" trace run --exporter stdout --sampling 1 -- sh -c 'ls /proc/$$/fd' 2>/dev/null | tr '\n' ' ')" \
  "$(sh -c 'ls /proc/$$/fd' 2>/dev/null | tr '\n' ' ')"

wait_for() {
  for _ in {1..200}; do
    [ ! -e "$1" ] || return 0
    sleep 0.05
  done
  failed "$1 did not appear"
}

# SIGTERM and SIGINT sent to us reach the child, and its answer is ours.
for signal in TERM INT; do
  rm -f ready
  # A background job of a shell ignores SIGINT, so Python takes it up again.
  "$SPAWN_BIN_DIR/spawn" trace run --exporter stdout --sampling 1 --name job -- python3 -c '
import signal, sys, time
for s in (signal.SIGTERM, signal.SIGINT):
    signal.signal(s, lambda number, frame: sys.exit(40 + number))
open("ready", "w").close()
while True:
    time.sleep(0.05)' >"$out" 2>"$err" &
  job=$!
  ran="SIG$signal to spawn trace run"
  wait_for ready
  kill "-$signal" "$job"
  wait "$job"
  status=$?
  expect_exit $((40 + $(kill -l "$signal")))
  expect_span "$err" job process.exit.code=$((40 + $(kill -l "$signal")))
done

# A child that dies of a signal: so do we, as far as the shell can see.
run spawn trace run --exporter stdout --sampling 1 -- sh -c 'kill -TERM $$'
expect_exit 143
expect_span "$err" sh error=true
run spawn trace run --exporter stdout --sampling 1 -- sh -c 'kill -KILL $$'
expect_exit 137
