#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The service for the W3C trace-context test suite propagates as levels 1 and 2 of the standard say.
. "$(dirname "$0")/lib.sh"
touch service.out
"$SPAWN_TEST_PROGRAMS/w3c_service" 0 >service.out 2>service.log </dev/null &
started+=($!)
for _ in {1..100}; do
  port=$(sed -n 's/^port \([0-9]*\)$/\1/p' service.out)
  [ -z "$port" ] || break
  sleep 0.05
done
run python3 "$here/w3c_conformance.py" "http://127.0.0.1:$port/test"
cat "$out"
expect_exit 0
expect_match "$out" '^[0-9]+ cases, 0 failed$'
expect_lines service.log 0
