#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# A job array that ran on this machine, looked at in Debian's Chromium as a person would: from the list to the
# failed member, over map, array and comparison to what is live; by mouse, and by keys alone.
# `spawn trace array` tells the same of it.
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

# The command tells of the array what the page's API tells, from the server and from the store.
array=$(get "$AWS_ENDPOINT_URL_XRAY/api/traces" | python3 -c 'import json, sys; print(json.load(sys.stdin)["traces"][0]["array_id"])')
get "$AWS_ENDPOINT_URL_XRAY/api/arrays/$array" >"$work/array.json"
for from in "local" "xray --endpoint $AWS_ENDPOINT_URL_XRAY --region us-east-1"; do
  # shellcheck disable=SC2086  # options are words
  AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b run spawn trace array "$array" --from $from --json
  expect_exit 0
  cmp -s "$out" <(cat "$work/array.json") || { failed "the array from $from is not that of the page" && diff "$work/array.json" "$out"; }
done
run spawn trace array "$array" --from local
expect_match "$out" '^0 +ok .* 0 '
expect_match "$out" '^2 +failed .* 1 '
run spawn trace array none --from local
expect_exit 3
expect_match "$err" "no trace in this time is of a job array 'none'"
run spawn trace array ''
expect_exit 2
for _ in 1 2; do
  run spawn trace run --exporter otlp --endpoint "$OTEL_EXPORTER_OTLP_ENDPOINT" -- true
  expect_exit 0
done

SPAWN_URL=$AWS_ENDPOINT_URL_XRAY/ run node --test "$top/tests/web/person_story.mjs"
expect_exit 0
[ "$status" -eq 0 ] || show_file "$out"
