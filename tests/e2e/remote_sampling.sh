#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# X-Ray's sampling rules decide about each job of a list, once they are there. Nobody waits for them, and where
# there are none one line says what is done instead.
. "$(dirname "$0")/lib.sh"
export asked=$work/asked.jsonl
rule() { # rule RATE SERVICE
  printf '{"RuleName":"ours","Priority":1,"FixedRate":%s,"ReservoirSize":0,"ServiceName":"%s","ServiceType":"*",' "$1" "$2"
  printf '"Host":"*","HTTPMethod":"*","URLPath":"*","ResourceARN":"*","Version":1}'
}
settings() {
  printf 'observability: {tracing: {enabled: true, exporter: xray, sampling_rate: remote, endpoint: "%s"}}\n' "$1" >local.yaml
}
# The first job lasts until X-Ray was asked for its rules, and a little longer.
{
  # shellcheck disable=SC2016 # the job's shell is meant
  echo 'for i in $(seq 400); do grep -q GetSamplingRules "$asked" && break; sleep 0.05; done; sleep 1'
  for _ in {1..20}; do echo true; done
} >jobs.txt
segments() { documents | grep -c '"name":"spored"'; }

start_fake_aws --log "$asked" --sampling-rule "$(rule 1 spored)"
settings "$fake_url"
run spored run-queue ./jobs.txt --config local.yaml
expect_exit 0
expect_no_match "$err" 'sampling rules'
expect_equal "traces, when the rule keeps all" "$(segments)" 21
# X-Ray is told what became of the jobs, though no report was due yet.
expect_match "$asked" '"operation":"GetSamplingTargets"'

# The first was decided before there were rules: one a second is kept then.
rm "$asked"
start_fake_aws --log "$asked" --sampling-rule "$(rule 0 'spor?d')"
settings "$fake_url"
run spored run-queue ./jobs.txt --config local.yaml
expect_exit 0
expect_equal "traces, when the rule keeps none" "$(segments)" 1

# moto has no such rules.
start_moto
settings "$moto_url"
run spored run-queue ./jobs.txt --config local.yaml
expect_match "$err" "^spored: X-Ray's sampling rules cannot be had: .*; until they can, one trace a second and 5 % of the others are recorded$"
expect_equal "times that it is said" "$(grep -c 'sampling rules' "$err")" 1

# Rights and settings.
OTEL_TRACES_SAMPLER=xray AWS_ENDPOINT_URL=$fake_url run spawn trace doctor
expect_match "$out" "^ok +sampling +remote: X-Ray's sampling rules decide \(OTEL_TRACES_SAMPLER\)$"
expect_match "$out" '^ok +right xray:GetSamplingTargets '
run spawn trace run --sampling remotely -- true
expect_exit 2
expect_match "$err" 'expected a number from 0.0 to 1.0, or remote'
