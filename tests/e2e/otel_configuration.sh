#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# OpenTelemetry's own configuration, by its variables and by the file of OTEL_CONFIG_FILE, is obeyed by spawn
# and spored: where spans go and how, what they say of their process, what they may hold.
. "$(dirname "$0")/lib.sh"

# The variables: the whole resource, and limits.
start_receiver
OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url OTEL_SERVICE_NAME=till \
  OTEL_RESOURCE_ATTRIBUTES='service.name=weaker,team=a%2Cb' OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=3 \
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE=1 run spawn trace run --name nightly -- sleep 0
expect_exit 0
expect_lines "$err" 0
expect_span "$spans" nightly 'resource=*"service.name": "till"*' 'resource=*"team": "a,b"*' process.executable.name=sle

# The file in their place. What is a secret comes from the environment.
start_receiver
cat >otel.yaml <<YAML
file_format: "1.1"
resource:
  attributes:
    - {name: service.name, value: "\${NAME:-night}"}
    - {name: shelf, value: 3, type: int}
attribute_limits: {attribute_value_length_limit: 4}
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: $receiver_url/as/it/is
            compression: gzip
            headers:
              - {name: x-key, value: "\${KEY}"}
  sampler:
    parent_based: {root: {always_on: }}
YAML
export OTEL_CONFIG_FILE=$work/otel.yaml
export KEY=geheim OTEL_TRACES_EXPORTER=xray OTEL_TRACES_SAMPLER=always_off OTEL_SERVICE_NAME=till OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1
# shellcheck disable=SC2016 # for the child
run spawn trace run --name nightly -- sh -c 'echo "$OTEL_CONFIG_FILE"'
expect_exit 0
expect_equal 'what the command finds' "$(cat "$out")" "$work/otel.yaml"
expect_lines "$err" 0
expect_match "$work/receiver.out" '^request /as/it/is application/x-protobuf gzip .*"x-key": "geheim"'
expect_span "$spans" nightly 'resource=*"service.name": "night"*' 'resource=*"shelf": 3*' process.executable.name=sh
run spored run --name inner -- true
expect_span "$spans" inner 'resource=*"service.name": "night"*'

# What a process tells of itself is chosen there, too.
resource_of() { # DETECTION
  start_receiver
  rm -f "$spans"
  cat >otel.yaml <<YAML
file_format: "1.1"
resource: {detection/development: {$1}}
tracer_provider: {processors: [{batch: {exporter: {otlp_http: {endpoint: "$receiver_url/v1/traces"}}}}]}
YAML
  run spawn trace run --name chosen -- true
  expect_exit 0
  expect_lines "$err" 0
}
resource_of 'detectors: [{host: }, {service: }], attributes: {excluded: [os.version, host.id]}'
expect_span "$spans" chosen 'resource=*"service.name": "till"*' 'resource=*"host.name": *' 'resource=*"os.type": "linux"*' \
  'resource=*"service.instance.id": *' 'resource=*"telemetry.sdk.name": "spawn"*'
expect_no_match "$spans" '"(os.version|host.id|process.executable.path)"'
resource_of 'detectors: [{process: }]'
expect_span "$spans" chosen 'resource=*"service.name": "spawn"*' 'resource=*"process.executable.path": *'
expect_no_match "$spans" '"(host|os)[.]|"service.instance.id"'
resource_of ''
expect_no_match "$spans" '"(host|os)[.]|"service.instance.id"|"process.executable.path"'
# Without the key all is told, as ever.
sed -i '/^resource/d' otel.yaml
rm -f "$spans"
run spawn trace run --name usual -- true
expect_span "$spans" usual 'resource=*"host.name": *' 'resource=*"os.type": *' 'resource=*"process.executable.path": *' 'resource=*"service.instance.id": *'

# Flags are stronger.
run spawn trace run --exporter stdout --name flagged -- true
expect_match "$err" '"name":"flagged"'
expect_equal 'spans that went to the receiver' "$(grep -c flagged "$spans")" 0
rm -f "$spans"
run spawn trace run --sampling 0 --name flagged -- true
expect_equal 'spans without a sample' "$([ -e "$spans" ] && wc -l <"$spans" || echo 0)" 0

# Two receivers and X-Ray at once; each has its own.
start_receiver

start_fake_aws
unset AWS_ENDPOINT_URL_XRAY
cat >otel.yaml <<YAML
file_format: "1.0"
tracer_provider:
  processors:
    - simple: {exporter: {otlp_http: {endpoint: "$receiver_url/v1/traces", encoding: json}}}
    - simple: {exporter: {otlp_http: {endpoint: "http://127.0.0.1:$(unused_port)/v1/traces"}}}
    - simple: {exporter: {xray: {endpoint: "$fake_url"}}}
    - simple: {exporter: {console: }}
YAML
run spawn trace run --name many -- true
expect_exit 0
expect_spans "$spans" 1 many
expect_match "$work/receiver.out" '^request /v1/traces application/json '
expect_match "$err" '"name":"many"'
expect_match "$err" '^spawn: 1 of 1 spans were not delivered to otlp 2: '
documents >documents.jsonl
expect_match documents.jsonl '"name" ?: ?"spawn"'

# Nothing is exported where no tracer provider is described.
printf 'file_format: "1.1"\npropagator: {composite_list: b3}\n' >otel.yaml
rm -f "$spans"
run spawn trace run --name none -- true
expect_exit 0
expect_lines "$err" 0

# What is wrong is one line, with its place; the command runs untraced, whose status counts, and finds its
# environment as it was. No secret is shown.
untraced() { # TEXT PATTERN
  printf 'file_format: "1.1"\n%s\n' "$1" >otel.yaml
  for program in 'spawn trace run' 'spored run'; do
    # shellcheck disable=SC2016 # for the child
    run $program -- sh -c 'echo "$OTEL_CONFIG_FILE ${TRACEPARENT-none}"; exit 7'
    expect_exit 7
    expect_lines "$err" 1
    expect_match "$err" "^${program%% *}: $2.*; tracing is off$"
    expect_no_match "$err" geheim
    expect_equal 'what the command finds' "$(cat "$out")" "$OTEL_CONFIG_FILE none"
  done
}
untraced 'tracer_provider: {processors: [{batch: {exporter: {otlp_grpc: }}}]}' '.*otel.yaml:2: .*otlp_grpc: gRPC is not spoken; otlp_http is'
untraced 'tracer_provider: {samplers: }' ".*otel.yaml:2: tracer_provider.samplers: unknown key; did you mean 'sampler'"
# shellcheck disable=SC2016 # for spawn
untraced 'disabled: ${KEY}' ".*otel.yaml:2: disabled: '[$]{KEY}' \(as substituted\); expected true or false"
# shellcheck disable=SC2016 # for spawn
untraced 'disabled: ${KEY:?}' '.*otel.yaml:2: .*is no reference to a variable'
OTEL_CONFIG_FILE=$work/none.yaml untraced '' 'OTEL_CONFIG_FILE: .*none.yaml'
untraced 'resource: {detection/development: {detectors: [{k8s: }]}}' '.*otel.yaml:2: .*k8s: no such detector here; expected container, host, process, service, aws'
untraced 'disabled: [' '.*not valid YAML'

# What was typed counts all the same.
run spawn trace run --exporter stdout --name typed -- true
expect_exit 0
expect_match "$err" '^spawn: .*not valid YAML.*; going by the flags alone$'
grep '^{' "$err" >typed.jsonl
expect_span typed.jsonl typed

# Jobs, an agent's command and what is no tracing at all are done, too.
echo 'touch job' >jobs.txt
run spored run-queue jobs.txt
expect_exit 0
expect_match "$err" '^spored: .*not valid YAML.*; tracing is off$'
[ -e job ] || failed 'the job was not done'
printf 'observability: {tracing: {enabled: true, exporter: stdout}}\nlaunch: {command: touch worked}\n' >local.yaml
SPAWN_CONFIG=$work/local.yaml run spored
expect_exit 0
expect_match "$err" '^spored: .*not valid YAML.*; tracing is off$'
expect_no_match "$err" '^{'
[ -e worked ] || failed "the agent's command was not started"
AWS_ENDPOINT_URL=$fake_url run spawn list
expect_exit 0
expect_match "$err" '^spawn: .*not valid YAML.*; tracing is off$'

# Who asks about the settings is told that they are wrong.
for asked in 'spawn trace doctor' 'spawn config list' 'spawn config get ttl' 'spawn iam policy' 'spored trace doctor' 'spored config list' \
  'spored flush'; do
  run $asked
  cat "$out" "$err" >told
  expect_match told 'not valid YAML'
  expect_no_match told 'tracing is off'
  [ "$status" -ne 0 ] || failed "$asked ended well"
done
