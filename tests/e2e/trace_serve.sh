#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# `spawn trace serve`: what real clients send comes in, by every way, and is read back by every way; who must
# not ask is refused; what was acknowledged survives SIGKILL.
. "$(dirname "$0")/lib.sh"

db=$work/state/spawn/traces.db
spans_of() { get "$AWS_ENDPOINT_URL_XRAY/api/traces/$1" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["spans"]))'; }
code_of() { curl -s -o "$work/body" -w '%{http_code}' "$@"; }

for port in x -1 65536; do
  run spawn trace serve --port "$port"
  expect_exit 2
  expect_match "$err" "'$port' is no port; expected a number from 0 to 65535"
done

start_trace_serve
xray=$AWS_ENDPOINT_URL_XRAY

# Boto3, and the operations that it does not know yet over plain HTTP.
run python3 "$here/trace_serve.py" "$xray"
expect_exit 0

# The X-Ray SDK for Python, unchanged: spans over UDP, sampling rules over TCP.
run python3 "$here/trace_serve_sdk.py"
expect_exit 0
sdk_trace=$(cat "$out")
for _ in {1..100}; do
  [ "$(spans_of "$sdk_trace" 2>/dev/null)" != 2 ] || break
  sleep 0.05
done
expect_equal "spans of the SDK's trace" "$(spans_of "$sdk_trace")" 2

# OTLP as JSON, plain and compressed.
otlp='{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
  {"traceId":"6957000000000000000000000000000f","spanId":"00000000000000ab","name":"checkout","kind":2,"startTimeUnixNano":"1767323045000000000","endTimeUnixNano":"1767323046000000000"}]}]}]}'
expect_equal "OTLP" "$(code_of -H 'Content-Type: application/json' -d "$otlp" "$OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces")" 200
expect_equal "OTLP, compressed" "$(gzip <<<"$otlp" | code_of -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @- "$xray/v1/traces")" 200
head -c 200000000 /dev/zero | gzip -1 >"$work/bomb"
for way in /v1/traces /TraceSegments; do
  expect_equal "a bomb for $way" "$(code_of -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @"$work/bomb" "$xray$way")" 413
  expect_match "$work/body" 'larger than 32 MiB'
done
expect_equal "a broken gzip" "$(printf '\037\213\010nothing' | code_of -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @- "$xray/v1/traces")" 400
head -c 40000000 /dev/zero >"$work/large"
expect_equal "a large body" "$(code_of -H 'Content-Type: application/json' -H 'Expect:' --data-binary @"$work/large" "$xray/v1/traces")" 413

# Each is read by our own command, over X-Ray's API.
for id in "$sdk_trace" 6957000000000000000000000000000f; do
  run spawn trace show "$id" --endpoint "$xray"
  expect_exit 0
done
expect_match "$out" 'checkout'

# The AWS CLI needs an option for the endpoint in this version; later ones take AWS_ENDPOINT_URL_XRAY.
aws_xray() { aws --endpoint-url "$xray" --region us-east-1 --output json xray "$@"; }
run aws_xray batch-get-traces --trace-ids "$sdk_trace"
expect_match "$out" '"Document"'
run aws_xray get-sampling-rules
expect_match "$out" '"Default"'
run aws_xray get-insight-summaries --start-time 1 --end-time 2
expect_match "$err" UnknownOperationException

# Other web pages and other names are kept out; our own page has the token for writes.
expect_equal "another host" "$(code_of -H 'Host: evil.example' "$xray/")" 403
expect_equal "another origin" "$(code_of -H 'Origin: http://evil.example' "$xray/api/version")" 403
expect_equal "a browser's write" "$(code_of -H "Origin: $xray" -d '{}' "$xray/Groups")" 403
token=$(curl -s "$xray/" | sed -n 's/.*spawn-token" content="\([0-9a-f]*\)".*/\1/p')
expect_equal "our page's write" "$(code_of -H "Origin: $xray" -H "X-Spawn-Token: $token" -d '{}' "$xray/Groups")" 200
expect_equal "a file" "$(code_of --path-as-is "$xray/../../etc/passwd")" 404
curl -s -D "$work/headers" -o /dev/null "$xray/"
expect_match "$work/headers" "Content-Security-Policy: default-src 'none'"
expect_no_match "$work/headers" 'Access-Control'
expect_match "$work/headers" 'Cache-Control: no-store'
main=$(curl -s "$xray/" | sed -n 's/.*<script [^>]*src="\([0-9a-f]*\/main\.js\)".*/\1/p')
curl -s -D "$work/headers" -o "$work/main.js" -H 'Accept-Encoding: gzip, br' "$xray/$main"
cmp -s "$work/main.js" "$top/web/main.js" || failed "the page's file is not as it was compiled in"
expect_match "$work/headers" 'Cache-Control: max-age=31536000, immutable'
expect_no_match "$work/headers" 'Content-Encoding'
expect_equal "a file of another spawn's page" "$(code_of "$xray/0123456789abcdef/main.js")" 404

# Killed while documents come in: every one that was acknowledged is there.
python3 "$here/trace_serve_flood.py" "$xray" >"$work/acknowledged" 2>/dev/null &
flood=$!
for _ in {1..200}; do
  [ "$(wc -l <"$work/acknowledged")" -le 200 ] || break
  sleep 0.05
done
kill -KILL "$serve_pid"
wait "$flood"
[ "$(wc -l <"$work/acknowledged")" -gt 200 ] || failed "no documents were acknowledged before the end"
start_trace_serve
xray=$AWS_ENDPOINT_URL_XRAY
run python3 "$here/trace_serve_flood.py" "$xray" "$work/acknowledged"
expect_exit 0

# A second one beside it: taken ports are told, the store is shared.
run spawn trace serve --port "${xray##*:}" --no-udp --no-otlp
expect_exit 1
expect_match "$err" 'taken by another program'
expect_lines "$err" 1

# Ends cleanly when told to.
kill -TERM "$serve_pid"
wait "$serve_pid"
expect_equal "status after SIGTERM" $? 0
expect_equal "mode of the store" "$(stat -c %a "$db")" 600

# What is no store is left alone.
echo 'SQLite format 3, not' >"$work/other.db"
head -c 9000 /dev/zero >>"$work/other.db"
cp "$work/other.db" "$work/other.copy"
run spawn trace serve --port 0 --db "$work/other.db"
expect_exit 1
expect_match "$err" 'other.db.*damaged'
cmp -s "$work/other.db" "$work/other.copy" || failed "a file that is no store was changed"
