#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Programs in several languages with their usual OpenTelemetry or X-Ray libraries, unchanged, are part of the
# trace of `spored run` and `spawn trace run`, beside the AWS CLI; every exporter gets their spans. What else
# is said about their telemetry is left alone. UPDATE_SCREENSHOTS=1 takes the guide's picture anew.
. "$(dirname "$0")/lib.sh"
export NODE_PATH=$SPAWN_WEB_MODULES/node_modules
start_moto
# shellcheck disable=SC2119  # no options
start_trace_serve
xray_url=$AWS_ENDPOINT_URL_XRAY
# They are what a person may have typed for other programs; the stories below set their own.
unset AWS_ENDPOINT_URL_XRAY AWS_XRAY_DAEMON_ADDRESS OTEL_EXPORTER_OTLP_ENDPOINT
export AWS_ENDPOINT_URL=$moto_url

cat >local.yaml <<YAML
observability:
  tracing: {enabled: true, exporter: "stdout,xray,local", sampling_rate: 1.0, endpoint: "$xray_url"}
YAML
SPAWN_CONFIG=$work/local.yaml run spored run --name order -- "$top/examples/order/order.sh"
expect_exit 0
expect_one_trace "$err"
expect_parent "$err" order ''
for child in S3.CreateBucket S3.PutObject 'S3.List*' invoices look parcel; do
  expect_spans "$err" 1 "$child"
  expect_parent "$err" "$child" order
done
expect_parent "$err" 'add up' invoices
expect_parent "$err" count look
expect_span "$err" invoices 'resource=*"service.name": "invoices"*' spawn.source=xray 'spawn.original_trace_id=????????????????????????????????'
expect_span "$err" 'add up' 'resource=*"service.name": "invoices"*' total=4950
expect_span "$err" look 'resource=*"service.name": "stock"*' spawn.source=otlp
expect_span "$err" count 'status=*ERROR*two are missing*' 'resource=*"service.name": "stock"*'
expect_span "$err" parcel 'resource=*"service.name": "parcel"*'
expect_span "$err" S3.PutObject 'resource=*"service.name": "spored"*' spawn.source=csm
expect_no_match "$err" '^spored: '
id=$(python3 "$here/spans.py" value "$err" order trace_id)

# The other exporters have the same; X-Ray shows each service as one.
for from in xray local; do
  run env AWS_ENDPOINT_URL_XRAY="$xray_url" "$SPAWN_BIN_DIR/spawn" trace show "$id" --from $from --output json
  expect_exit 0
  for name in order invoices 'add up' look count parcel; do expect_match "$out" "\"name\": ?\"$name\""; done
done
run get "$xray_url/api/traces/$id/graph"
for service in spored invoices stock parcel shelves S3; do expect_match "$out" "\"name\":\"$service\""; done

if [ -n "${UPDATE_SCREENSHOTS:-}" ]; then
  SPAWN_URL=$xray_url SPAWN_TRACE=$id SPAWN_SCREENSHOTS=$work/pictures run node "$top/tests/web/trace_picture.mjs" programs
  expect_exit 0
  cp pictures/programs.png "$top/docs/guide/pictures/programs.png"
fi

traced() { run spawn trace run --exporter stdout --sampling 1 --name run -- "$@"; }

# Other peers: protobuf and JSON, a batch at the end and one that is compressed.
for peer in 'node node_otel.mjs proto' 'node node_otel.mjs http' 'node node_xray.mjs' 'python3 trace_serve_sdk.py'; do
  read -ra words <<<"$peer"
  for compression in none gzip; do
    export OTEL_EXPORTER_OTLP_COMPRESSION=$compression
    traced "${words[0]}" "$here/${words[1]}" "${words[@]:2}"
    expect_exit 0
    expect_one_trace "$err"
    expect_lines "$err" 3
    case $peer in
      node*) expect_span "$err" stock 'status=*ERROR*sold out*' 'resource=*"service.name": "shop-*js"*' ;;
      *) expect_parent "$err" work 'sdk program' && expect_span "$err" work step=first ;;
    esac
  done
done
unset OTEL_EXPORTER_OTLP_COMPRESSION
for encoding in protobuf json; do
  traced "$SPAWN_TEST_PROGRAMS/stock_otlp" $encoding
  expect_exit 0
  expect_one_trace "$err"
  expect_lines "$err" 3
  expect_parent "$err" till run
  expect_parent "$err" card till
  expect_span "$err" card card.tries=2 'resource=*"service.name": "shop-cpp"*'
done

# An X-Ray SDK that asks for sampling rules is told to keep everything, and is quiet about it.
cat >sampler.cjs <<'JS'
const sampler = require('aws-xray-sdk-core/dist/lib/middleware/sampling/default_sampler');
const kept = () => [...Array(100)].filter(() => sampler.shouldSample({ urlPath: '/', serviceName: 'shop' })).length;
const wait = () => (sampler.ruleCache.getRules().length ? console.log(kept()) : setTimeout(wait, 10));
kept();
wait();
JS
traced node sampler.cjs
expect_exit 0
expect_equal "of 100 segments were kept" "$(cat "$out")" 100
expect_lines "$err" 1

# A run in a run: each has its own intake.
traced "$SPAWN_BIN_DIR/spawn" trace run --exporter stdout --name inner -- "$SPAWN_TEST_PROGRAMS/stock_otlp"
expect_one_trace "$err"
expect_parent "$err" inner run
expect_parent "$err" till inner

# Whoever says where traces go is obeyed.
traced env
expect_match "$out" '^OTEL_EXPORTER_OTLP_ENDPOINT=http://127\.0\.0\.1:[0-9]+/spawn/[0-9a-f]{32}$'
expect_match "$out" '^AWS_XRAY_DAEMON_ADDRESS=127\.0\.0\.1:[0-9]+$'
for other in OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 OTEL_TRACES_EXPORTER=none OTEL_SDK_DISABLED=true; do
  traced env "$other" "$SPAWN_BIN_DIR/spawn" trace run --exporter none --sampling 1 -- env
  expect_exit 0
done
for other in OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 OTEL_EXPORTER_OTLP_PROTOCOL=grpc; do
  run env "$other" AWS_XRAY_DAEMON_ADDRESS=10.0.0.1:2000 "$SPAWN_BIN_DIR/spawn" trace run --exporter stdout --sampling 1 -- env
  expect_exit 0
  expect_no_match "$out" '/spawn/'
  expect_match "$out" "^$other\$"
  expect_match "$out" '^AWS_XRAY_DAEMON_ADDRESS=10\.0\.0\.1:2000$'
done

# Not sampled: nothing is set, nothing is listened to.
run spawn trace run --exporter stdout --sampling 0 -- env
expect_no_match "$out" '^(OTEL_|AWS_XRAY_)'

# Whoever sends nonsense hurts nobody: the rest is there, and what could not be read is said once.
cat >hostile.sh <<'SH'
send() { curl -sS -o /dev/null -w '%{http_code}\n' "$@" "$OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces"; }
json='Content-Type: application/json'
head -c 20000000 /dev/zero | gzip | send -H "$json" -H 'Content-Encoding: gzip' --data-binary @-
head -c 20000000 /dev/zero | send -H "$json" --data-binary @-
send -H "$json" -d '{"resourceSpans":['
send -H 'Content-Type: text/plain' -d x
send -H "$json" -d '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"bad"}]}]}]}'
curl -sS -o /dev/null -w '%{http_code}\n' -d x "${OTEL_EXPORTER_OTLP_ENDPOINT%/*}/00000000000000000000000000000000/v1/traces"
for text in x '{"format":"json","version":1}' $'{"format":"json","version":1}\n{'; do
  cat >"/dev/udp/${AWS_XRAY_DAEMON_ADDRESS/://}" <<<"$text"
done
"$1"
SH
traced bash hostile.sh "$SPAWN_TEST_PROGRAMS/stock_otlp"
expect_exit 0
expect_equal answers "$(paste -sd' ' "$out")" '413 413 400 415 200 403'
expect_one_trace "$err"
expect_parent "$err" till run
expect_match "$err" '^spawn: 3 spans that the command sent could not be read: .*(traceId is missing|a document is).*; 4 requests with spans were refused'
