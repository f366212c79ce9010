#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Programs for Node.js on OpenTelemetry (protobuf and JSON) and on the X-Ray SDK, unchanged, send to the local
# X-Ray; each trace is read back by every way.
. "$(dirname "$0")/lib.sh"
start_trace_serve
aws_xray() { aws --endpoint-url "$AWS_ENDPOINT_URL_XRAY" --region us-east-1 --output json xray "$@"; }

expect_everywhere() { # ID SERVICE: two spans of that service, the one in the other, which failed
  local xray=$1
  case $1 in 1-*) ;; *) xray=1-${1:0:8}-${1:8} ;; esac
  for _ in {1..100}; do # a datagram is not acknowledged
    spawn trace show "$1" --from xray >/dev/null 2>&1 && break
    sleep 0.05
  done
  for from in xray local; do
    run spawn trace show "$1" --from $from
    expect_exit 0
    expect_match "$out" "$2"
    expect_match "$out" '─ ✗ stock'
    expect_match "$out" 'sold out'
    run spawn trace list "service(\"$2\")" --from $from --quiet
    expect_match "$out" "^$xray\$"
  done
  run aws_xray batch-get-traces --trace-ids "$xray"
  expect_exit 0
  expect_match "$out" "$2"
  run get "$AWS_ENDPOINT_URL_XRAY/api/traces/$1"
  expect_equal "spans on the page" "$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["spans"]))' "$out")" 2
}

for exporter in proto http; do
  run node "$here/node_otel.mjs" $exporter
  expect_exit 0
  expect_everywhere "$(tail -n 1 "$out")" shop-js
done
run node "$here/node_xray.mjs"
expect_exit 0
expect_everywhere "$(tail -n 1 "$out")" shop-xray-js
run spawn trace list 'annotation.tenant = "acme"' --from xray --quiet
expect_lines "$out" 1
