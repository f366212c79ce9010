#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# What the exporter otlp sends, decoded by the code that was generated from OpenTelemetry's own .proto files and
# compared field by field: attributes of every type, events, links, status, flags, trace state, counts of what was
# dropped, scopes and resources; as protobuf and JSON, plain and compressed.
. "$(dirname "$0")/lib.sh"
node "$here/otlp_decoded.mjs" "$here/otlp_fixture.json" </dev/null >decoded.out 2>decoded.err &
started+=($!)
port=''
for _ in {1..100}; do
  port=$(sed -n 's/^port \([0-9]*\)$/\1/p' decoded.out)
  [ -z "$port" ] || break
  sleep 0.05
done
[ -n "$port" ] || { failed "the receiver named no port" && show_file decoded.err && exit 1; }
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$port

for protocol in protobuf json; do
  for compression in none gzip; do
    OTEL_EXPORTER_OTLP_PROTOCOL=http/$protocol OTEL_EXPORTER_OTLP_COMPRESSION=$compression \
      run "$SPAWN_TEST_PROGRAMS/send_spans" "$here/otlp_fixture.json"
    expect_exit 0
  done
done
fields=$(grep -c '' "$here/otlp_fixture.json") # a line has one field at least
for said in 'x-protobuf plain' 'x-protobuf gzip' 'json plain' 'json gzip'; do
  expect_match decoded.out "^application/$said same, [0-9]+ fields$"
  found=$(sed -n "s|^application/$said same, \([0-9]*\) fields\$|\1|p" decoded.out)
  expect_less "lines of the fixture, against the fields of $said" "$fields" "${found:-0}"
done
