#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# An exporter that is down, refuses, hangs or answers garbage: the child runs as ever, its status is ours,
# the end comes soon, and one line says what was not delivered and why.
. "$(dirname "$0")/lib.sh"
child=(sh -c 'echo working; date +%s%3N >ended; exit 7')

expect_a_calm_end() {
  local returned
  returned=$(now_ms)
  expect_exit 7
  expect_equal "stdout" "$(cat "$out")" working
  expect_lines "$err" 1
  expect_match "$err" '^spawn: .*1 span.*not delivered'
  expect_match "$err" "$1"
  # The promise is 250 ms; a busy machine may add to what is seen from here.
  expect_less "milliseconds from the child's end to ours" $((returned - $(cat ended))) 1000
  rm -f ended
}

run spawn trace run --exporter xray --endpoint "http://127.0.0.1:$(unused_port)" --sampling 1 -- "${child[@]}"
expect_a_calm_end 'connect|refused'

for fault in 403:AccessDenied 500:InternalError garbage:. hang:.; do
  start_fake_aws --fault "xray:${fault%%:*}:999"
  run spawn trace run --exporter xray --endpoint "$fake_url" --sampling 1 -- "${child[@]}"
  expect_a_calm_end "${fault#*:}"
done

# No credentials at all is a reason too.
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
run spawn trace run --exporter xray --endpoint "$fake_url" --sampling 1 -- "${child[@]}"
expect_a_calm_end credentials
