#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The AWS CLI as it is, against `spawn trace serve`: a command of `aws xray` for every operation that the
# local X-Ray has; an operation without one fails the story. Where Debian's CLI is older than an operation, it
# is told of it as AWS tells it: by the service's model.
. "$(dirname "$0")/lib.sh"
start_trace_serve --no-udp --no-otlp
"$here/xray_newer_model.py" "$work/models"
export AWS_DATA_PATH=$work/models

driven=()
# xray COMMAND OPTION...: its answer in $out
xray() {
  driven+=("$1")
  run aws --endpoint-url "$AWS_ENDPOINT_URL_XRAY" --region us-east-1 --output json xray "$@"
  expect_exit 0
}
# answer NAME PYTHON WANTED: what the expression says of the answer `a`
answer() {
  expect_equal "$1" "$(python3 -c 'import json, sys; a = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$out" "$2")" "$3"
}
# refused COMMAND OPTION...: with the code of a bad request
refused() {
  run aws --endpoint-url "$AWS_ENDPOINT_URL_XRAY" --region us-east-1 xray "$@"
  expect_exit 254
  expect_match "$err" '\(InvalidRequestException\)'
}

now=$(date +%s)
hour=(--start-time $((now - 3600)) --end-time $((now + 60)))
trace=1-$(printf %08x $((now - 60)))-0000000000000000000000c1
document='{"trace_id":"'$trace'","id":"00000000000000a1","name":"shop","start_time":'$((now - 60))',"end_time":'$((now - 58))',
  "http":{"request":{"method":"GET","url":"http://shop/"},"response":{"status":502}},"fault":true,"subsegments":[{"id":"00000000000000a2",
  "name":"DynamoDB","namespace":"aws","start_time":'$((now - 60))',"end_time":'$((now - 59))'}]}'

# Traces.
xray put-trace-segments --trace-segment-documents "$document" 'no document'
answer "what was refused" '[u["ErrorCode"] for u in a["UnprocessedTraceSegments"]]' "['InvalidSegment']"
xray put-telemetry-records --telemetry-records "Timestamp=$now,SegmentsReceivedCount=1"
xray batch-get-traces --trace-ids "$trace"
answer "documents" 'json.loads(a["Traces"][0]["Segments"][0]["Document"])["name"]' shop
xray get-trace-summaries "${hour[@]}" --filter-expression 'fault AND service("DynamoDB")'
answer "summaries" '[(s["Id"], s["HasFault"], s["Duration"], s["Http"]["HttpStatus"]) for s in a["TraceSummaries"]]' "[('$trace', True, 2.0, 502)]"
refused get-trace-summaries "${hour[@]}" --filter-expression 'falt'
xray get-service-graph "${hour[@]}"
answer "nodes of the graph" 'sorted((s["Name"], s.get("Type")) for s in a["Services"] if s.get("Type") != "client")' "[('DynamoDB', 'AWS::DynamoDB'), ('shop', None)]"
xray get-trace-graph --trace-ids "$trace"
answer "the trace's graph" 'len(a["Services"])' 3
xray get-time-series-service-statistics "${hour[@]}" --period 60
answer "faults in time" 'sum(p["EdgeSummaryStatistics"]["FaultStatistics"]["TotalCount"] for p in a["TimeSeriesServiceStatistics"])' 1

# Sampling.
rule='RuleName=mine,ResourceARN=*,Priority=5,FixedRate=0.5,ReservoirSize=3,ServiceName=*,ServiceType=*,Host=*,HTTPMethod=*,URLPath=*,Version=1'
xray create-sampling-rule --sampling-rule "$rule"
refused create-sampling-rule --sampling-rule "$rule"
xray update-sampling-rule --sampling-rule-update RuleName=mine,FixedRate=0.25
xray get-sampling-rules
answer "rules" '[(r["SamplingRule"]["RuleName"], r["SamplingRule"]["FixedRate"]) for r in a["SamplingRuleRecords"]]' "[('mine', 0.25), ('Default', 0.05)]"
xray get-sampling-targets --sampling-statistics-documents \
  "RuleName=mine,ClientID=aaaaaaaaaaaaaaaaaaaaaaaa,Timestamp=$now,RequestCount=1,SampledCount=1"
answer "targets" 'a["SamplingTargetDocuments"][0]["ReservoirQuota"]' 3
xray delete-sampling-rule --rule-name mine

# Groups.
xray create-group --group-name slow --filter-expression 'duration > 1'
xray update-group --group-name slow --filter-expression 'duration > 1.5'
xray get-group --group-name slow
answer "a group" 'a["Group"]["FilterExpression"]' 'duration > 1.5'
xray get-groups
answer "groups" '[g["GroupName"] for g in a["Groups"]]' "['Default', 'slow']"
xray get-service-graph "${hour[@]}" --group-name slow
answer "the group's graph" 'len(a["Services"])' 3
xray delete-group --group-name slow
refused get-group --group-name slow
refused delete-group --group-name Default
refused create-group --group-name Default

# The account.
xray put-encryption-config --type KMS --key-id alias/key
xray get-encryption-config
answer "encryption" 'a["EncryptionConfig"]["KeyId"]' alias/key

xray get-trace-segment-destination
answer "the destination" '(a["Destination"], a["Status"])' "('XRay', 'ACTIVE')"
xray update-trace-segment-destination --destination XRay
refused update-trace-segment-destination --destination CloudWatchLogs
xray update-indexing-rule --name Default --rule 'Probabilistic={DesiredSamplingPercentage=12}'
xray get-indexing-rules
answer "indexing" '[(r["Name"], r["Rule"]["Probabilistic"]["DesiredSamplingPercentage"]) for r in a["IndexingRules"]]' "[('Default', 12.0)]"

# Every path that is served, by the CLI's name for it.
python3 - "$top/src/server/xray_api.cc" "${driven[@]}" <<'PY' || failed "an operation is not asked for by the AWS CLI"
import re, sys
from awscli.botocore import session, xform_name

served = set(re.findall(r'\{"(/\w+)", &XRayApi::', open(sys.argv[1]).read()))
model = session.get_session().get_service_model("xray")
known = {model.operation_model(name).http["requestUri"]: xform_name(name, "-") for name in model.operation_names}
assert len(served) > 20, served
missing = {known.get(path, path) for path in served} - set(sys.argv[2:])
assert not missing, missing
PY
