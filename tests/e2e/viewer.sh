#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# A job array that ran on this machine, looked at in Debian's Chromium as a person would: from the list to the
# failed member, over map, array and comparison to what is live; by mouse, and by keys alone.
. "$(dirname "$0")/lib.sh"
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_DEFAULT_REGION SPAWN_CONFIG
export HOME=$work/home
mkdir -p "$HOME"

start_trace_serve --no-udp

# shellcheck disable=SC2016  # the member's shell shall expand it
run spawn launch --provider local --count 3 --job-array-name words --on-complete exit --wait \
  --command 'sleep 0.$TASK_ARRAY_INDEX; exit $((TASK_ARRAY_INDEX / 2))' \
  --trace-exporter otlp --trace-endpoint "$OTEL_EXPORTER_OTLP_ENDPOINT" --trace-sampling 1
expect_exit 1
for _ in 1 2; do
  run spawn trace run --exporter otlp --endpoint "$OTEL_EXPORTER_OTLP_ENDPOINT" -- true
  expect_exit 0
done

SPAWN_URL=$AWS_ENDPOINT_URL_XRAY/ run node --test "$top/tests/web/person_story.mjs"
expect_exit 0
[ "$status" -eq 0 ] || show_file "$out"
