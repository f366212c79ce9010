#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Two exporters at once, of which one takes the connection and never answers: the other one has its spans in
# time, and what is said of each adds up, at the end of a run and of an agent that goes on.
. "$(dirname "$0")/lib.sh"
child=(sh -c 'date +%s%3N >ended; exit 7')
in_xray() { documents | grep -o '"spawn":{"name":"[^"]*"' | grep -c ":\"$1\""; }

# run_both HANGING OTHER: the run's end is as soon as ever, and one line names the one.
run_both() {
  local returned
  run spawn trace run --exporter xray,otlp --sampling 1 --name nightly -- "${child[@]}"
  returned=$(now_ms)
  expect_exit 7
  expect_lines "$err" 1
  expect_match "$err" "^spawn: 1 of 1 spans were not delivered to $1: .*; they are kept, and sent by the next run$"
  expect_no_match "$err" "delivered to $2"
  expect_less "milliseconds from the child's end to ours" $((returned - $(cat ended))) 1000
}

start_fake_aws
start_receiver hang
export AWS_ENDPOINT_URL=$fake_url OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url
run_both otlp xray
expect_equal 'documents in X-Ray' "$(in_xray nightly)" 1
expect_match "$work/receiver.out" '^request /v1/traces '

start_fake_aws --fault xray:hang:999
start_receiver
export AWS_ENDPOINT_URL=$fake_url OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url
run_both xray otlp
expect_spans "$spans" 1 nightly

# An agent: what X-Ray has while the receiver hangs, and what is said of both.
start_fake_aws
start_receiver hang
export AWS_ENDPOINT_URL=$fake_url OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url
export AWS_EC2_METADATA_DISABLED=true XDG_RUNTIME_DIR=$work/run XDG_STATE_HOME=$work/agent STATE_DIRECTORY=$work/agent/spored
mkdir -p "$XDG_RUNTIME_DIR"
printf 'instance_id: "local-1"\nlaunch:\n  id: "words"\nobservability:\n  tracing:\n    enabled: true\n    exporter: "xray,otlp"\n    sampling_rate: 1.0\n' >local.yaml
start_agent
for _ in {1..20}; do
  run spored span start step
  run spored span end "$(cat "$out")"
  expect_exit 0
done
# A receiver is given up after 30 s; spans wait for their root for 5 s.
ended=$(now_ms)
until [ "$(in_xray step)" -ge 20 ] || [ $(($(now_ms) - ended)) -gt 20000 ]; do sleep 0.1; done
expect_equal 'steps in X-Ray' "$(in_xray step)" 20
expect_less 'milliseconds until X-Ray had them' $(($(now_ms) - ended)) 20000

# adds_up FILE: for both, spans = exported + dropped + spooled + pending; one of them has exported all.
adds_up() {
  python3 - "$1" <<'PYTHON' || { failed "what $ran said does not add up" && show_file "$1"; }
import re, sys
found = re.findall(r"(xray|otlp):? +(\d+) spans = (\d+) exported \+ (\d+) dropped \+ (\d+) spooled \+ (\d+) pending",
                   open(sys.argv[1]).read())
said = {name: [int(n) for n in numbers] for name, *numbers in found}
assert set(said) == {"xray", "otlp"}, said
for spans, *parts in said.values():
    assert spans >= 20 and spans == sum(parts), said
assert said["xray"][1] >= 20 and said["otlp"][1] == 0, said
PYTHON
}
run spored status
expect_exit 0
adds_up "$out"
run spored trace doctor
adds_up "$out"

kill -TERM "$agent"
wait "$agent"
expect_equal 'status of the agent' $? 0
expect_match agent.log '[0-9]+ of [0-9]+ spans were not delivered to otlp: '
expect_no_match agent.log 'delivered to xray'
