#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The exporter otlp: what arrives at a receiver that decodes it by itself, in both encodings, and what
# happens when the receiver is slow, refuses, talks nonsense or is not there. The child is never disturbed.
. "$(dirname "$0")/lib.sh"
child=(sh -c 'echo working; exit 7')
requests() { grep -c ^request "$work/receiver.out"; }
run_to() { run spawn trace run --exporter "$1" --endpoint "$receiver_url" --name nightly -- "${child[@]}"; }
expect_delivered() {
  expect_exit 7
  expect_equal stdout "$(cat "$out")" working
  expect_lines "$err" 0
  expect_spans "$spans" 1 nightly
  expect_span "$spans" nightly service=spawn process.executable.name=sh process.exit.code=7 flags=259 status_code=2
  expect_parent "$spans" nightly ''
}
expect_calm_loss() {
  expect_exit 7
  expect_equal stdout "$(cat "$out")" working
  expect_lines "$err" 1
  expect_match "$err" "^spawn: 1 of 1 spans were not delivered to otlp: OTLP at http://127.0.0.1:[0-9]+: $1"
}

for protocol in http/protobuf http/json; do
  for compression in none gzip; do
    start_receiver
    export OTEL_EXPORTER_OTLP_PROTOCOL=$protocol OTEL_EXPORTER_OTLP_COMPRESSION=$compression
    run_to otlp
    expect_delivered
    type=application/x-protobuf
    [ "$protocol" = http/protobuf ] || type=application/json
    encoding=-
    [ "$compression" = none ] || encoding=gzip
    expect_match "$work/receiver.out" "^request /v1/traces $type $encoding "
  done
done
unset OTEL_EXPORTER_OTLP_PROTOCOL OTEL_EXPORTER_OTLP_COMPRESSION

# Jaeger takes OTLP; a parent from outside is a remote one.
start_receiver
export TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
run_to jaeger
expect_span "$spans" nightly trace_id=0af7651916cd43dd8448eb211c80319c parent_span_id=b7ad6b7169203331 flags=769
unset TRACEPARENT

# The variables: a base gets the path, the one for traces is taken as it is, headers are decoded.
start_receiver
export OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url/base/ OTEL_EXPORTER_OTLP_HEADERS='x-key=se%2Ccret'
run spawn trace run --exporter otlp --name nightly -- "${child[@]}"
expect_delivered
expect_match "$work/receiver.out" '^request /base/v1/traces .*"x-key": "se,cret"'
export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=$receiver_url/as/it/is
run spawn trace run --exporter otlp --name nightly -- "${child[@]}"
expect_match "$work/receiver.out" '^request /as/it/is '
unset OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_ENDPOINT

# A receiver that repeats what it was sent does not make us say it.
start_receiver echo
run_to otlp
expect_calm_loss 'it answered 401: '
expect_no_match "$err" 'se,cret'
unset OTEL_EXPORTER_OTLP_HEADERS

# Sent again.
start_receiver 503 ok
run_to otlp
expect_delivered
expect_equal requests "$(requests)" 2
start_receiver 429:0 ok
run_to otlp
expect_delivered
# Not within our 250 ms.
start_receiver 429:30 ok
run_to otlp
expect_calm_loss 'it answered 429: not now \(Retry-After: 30\)'
expect_equal requests "$(requests)" 1

# Not sent again.
start_receiver 400 ok
run_to otlp
expect_calm_loss 'it answered 400: not now'
for protocol in http/protobuf http/json; do
  start_receiver 'partial:1:too old'
  OTEL_EXPORTER_OTLP_PROTOCOL=$protocol run_to otlp
  expect_calm_loss 'refused: too old'
done
start_receiver garbage
run_to otlp
expect_calm_loss 'it answered 200 with something that is no OTLP reply'
receiver_url=http://127.0.0.1:$(unused_port)
run_to otlp
expect_calm_loss 'connection refused'

# TLS with an authority and a client certificate of our own.
certificate() { # NAME SUBJECT-ALTERNATIVE-NAME
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" -out "$1.csr" &&
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out "$1.pem" \
      -extfile <(echo "subjectAltName=$2")
}
{
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
  certificate server IP:127.0.0.1
  certificate client DNS:client
} >openssl.log 2>&1 || { failed "openssl made no certificates" && show_file openssl.log; }
export RECEIVER_TLS=$work
start_receiver
receiver_url=https${receiver_url#http}
run_to otlp
expect_exit 7
expect_match "$err" 'certificate is not trusted'
export OTEL_EXPORTER_OTLP_CERTIFICATE=$work/ca.pem
run_to otlp
expect_exit 7
expect_lines "$err" 1
export OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=$work/client.pem OTEL_EXPORTER_OTLP_CLIENT_KEY=$work/client.key
run_to otlp
expect_exit 7
expect_lines "$err" 0
expect_spans "$spans" 3 nightly # with those that were kept meanwhile
OTEL_EXPORTER_OTLP_CLIENT_KEY=$work/none.key run_to otlp
expect_exit 7
expect_match "$err" 'our own certificate or its key could not be used \(.*/client.pem, .*/none.key\)'
unset OTEL_EXPORTER_OTLP_CERTIFICATE OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE OTEL_EXPORTER_OTLP_CLIENT_KEY RECEIVER_TLS

# What makes no sense counts as not set, and that is said.
start_receiver
OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_TIMEOUT=10s run_to otlp
expect_exit 7
expect_lines "$err" 2
expect_match "$err" "^spawn: OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' is ignored: not spoken; http/protobuf is"
expect_match "$err" "^spawn: OTEL_EXPORTER_OTLP_TIMEOUT: '10s' is ignored: expected milliseconds"
expect_spans "$spans" 1 nightly

# Settings that cannot be: one line, and the child runs as ever.
OTEL_EXPORTER_OTLP_HEADERS='a=1,secret' run_to otlp
expect_exit 7
expect_match "$err" 'OTEL_EXPORTER_OTLP_HEADERS: member 2 is no header'
expect_no_match "$err" secret
run_to xray,otlp
expect_exit 2
expect_match "$err" 'it is not clear whose it is'

# The choice of exporters, and off. A command that nobody asked to trace is traced when the variable asks.
start_receiver
export OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url
OTEL_TRACES_EXPORTER=otlp,zipkin run spawn trace run --name nightly -- "${child[@]}"
expect_exit 7
expect_lines "$err" 1
expect_match "$err" "^spawn: OTEL_TRACES_EXPORTER: 'zipkin' is ignored: expected otlp, xray, console, local or none"
expect_spans "$spans" 1 nightly
OTEL_TRACES_EXPORTER=otlp OTEL_TRACES_SAMPLER=always_on run spored run --config /dev/null --name asked -- "${child[@]}"
expect_exit 7
expect_spans "$spans" 1 asked
OTEL_SDK_DISABLED=true run spawn trace run --exporter otlp --name off -- "${child[@]}"
expect_exit 7
expect_lines "$err" 0
expect_spans "$spans" 0 off
