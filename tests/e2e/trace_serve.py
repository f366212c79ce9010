#!/usr/bin/env python3
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""Every operation of the local X-Ray, asked by boto3; those that this boto3 does not know, over plain HTTP."""

import json
import sys
import time
import urllib.error
import urllib.request

import boto3
from botocore.exceptions import ClientError

URL = sys.argv[1]
xray = boto3.client("xray", endpoint_url=URL, region_name="us-east-1")
now = time.time()


def post(path, body):
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def segment(number, **more):
    document = {"trace_id": f"1-{int(now):08x}-{number:024x}", "id": f"{number:016x}", "name": "shop",
                "start_time": now - 10, "end_time": now - 9}
    document.update(more)
    return {k: v for k, v in document.items() if v is not None}


# --- segments -----------------------------------------------------------------------------------------
call = {"id": "00000000000000f1", "name": "DynamoDB", "namespace": "aws", "start_time": now - 9.9,
        "end_time": now - 9.5, "aws": {"operation": "PutItem"}, "fault": True}
good = segment(1, subsegments=[call], annotations={"order": 42}, user="ada",
               http={"request": {"method": "GET", "url": "http://shop/x"}, "response": {"status": 200}})
open_one = segment(2, in_progress=True, end_time=None)
bad = [segment(3, id="xyz"), segment(4, name="<script>"), segment(5, trace_id="1-2-3"), "no JSON"]
reply = xray.put_trace_segments(TraceSegmentDocuments=[
    document if isinstance(document, str) else json.dumps(document) for document in [good, open_one, *bad]])
assert [u["ErrorCode"] for u in reply["UnprocessedTraceSegments"]] == [
    "InvalidId", "InvalidName", "InvalidTraceId", "InvalidSegment"], reply
assert code_of(xray.put_trace_segments, TraceSegmentDocuments=["{}"] * 51) == "InvalidRequestException"

found = xray.batch_get_traces(TraceIds=[good["trace_id"], "1-00000001-000000000000000000000000"])
assert json.loads(found["Traces"][0]["Segments"][0]["Document"]) == good, found
assert found["UnprocessedTraceIds"] == ["1-00000001-000000000000000000000000"], found
# The end replaces what had not ended.
xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment(2))])
found = xray.batch_get_traces(TraceIds=[open_one["trace_id"]])
assert [s["Id"] for s in found["Traces"][0]["Segments"]] == [open_one["id"]], found
assert "end_time" in found["Traces"][0]["Segments"][0]["Document"], found

xray.put_telemetry_records(TelemetryRecords=[{"Timestamp": now, "SegmentsReceivedCount": 1}])

# --- reading many -------------------------------------------------------------------------------------
span_of_time = {"StartTime": now - 3600, "EndTime": now + 60}
summaries = xray.get_trace_summaries(FilterExpression='service("shop") AND annotation.order = 42', **span_of_time)
assert [s["Id"] for s in summaries["TraceSummaries"]] == [good["trace_id"]], summaries
found = summaries["TraceSummaries"][0]
assert found["Duration"] == 1.0 and found["Http"]["HttpURL"] == "http://shop/x" and found["Users"][0]["UserName"] == "ada", found
assert code_of(xray.get_trace_summaries, FilterExpression="durationn > 1", **span_of_time) == "InvalidRequestException"
pages = xray.get_paginator("get_trace_summaries").paginate(**span_of_time)
assert {s["Id"] for page in pages for s in page["TraceSummaries"]} == {good["trace_id"], open_one["trace_id"]}
names = {(s["Name"], s.get("Type")) for s in xray.get_service_graph(**span_of_time)["Services"]}
assert ("DynamoDB", "AWS::DynamoDB") in {(n, (t or "").replace("::Table", "")) for n, t in names}, names
assert xray.get_trace_graph(TraceIds=[good["trace_id"]])["Services"], "an empty graph"
series = xray.get_time_series_service_statistics(Period=60, **span_of_time)["TimeSeriesServiceStatistics"]
assert sum(p["EdgeSummaryStatistics"]["TotalCount"] for p in series) >= 2, series

# --- sampling -----------------------------------------------------------------------------------------
rule = {"RuleName": "mine", "ResourceARN": "*", "Priority": 5, "FixedRate": 0.5, "ReservoirSize": 3, "ServiceName": "*",
        "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1}
assert xray.create_sampling_rule(SamplingRule=rule)["SamplingRuleRecord"]["SamplingRule"]["RuleName"] == "mine"
assert code_of(xray.create_sampling_rule, SamplingRule=rule) == "InvalidRequestException"
xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "mine", "FixedRate": 0.25})
rules = [r["SamplingRule"] for r in xray.get_sampling_rules()["SamplingRuleRecords"]]
assert [(r["RuleName"], r["FixedRate"]) for r in rules] == [("mine", 0.25), ("Default", 0.05)], rules
targets = xray.get_sampling_targets(SamplingStatisticsDocuments=[
    {"RuleName": "mine", "ClientID": "a" * 24, "Timestamp": now, "RequestCount": 1, "SampledCount": 1}])
assert targets["SamplingTargetDocuments"][0]["ReservoirQuota"] == 3, targets
xray.delete_sampling_rule(RuleName="mine")

# --- groups and the rest ------------------------------------------------------------------------------
group = xray.create_group(GroupName="slow", FilterExpression="duration > 1")["Group"]
xray.update_group(GroupARN=group["GroupARN"], FilterExpression="duration > 2")
assert xray.get_group(GroupName="slow")["Group"]["FilterExpression"] == "duration > 2"
assert [g["GroupName"] for g in xray.get_groups()["Groups"]] == ["Default", "slow"]
xray.delete_group(GroupName="slow")
assert code_of(xray.get_group, GroupName="slow") == "InvalidRequestException"
assert xray.get_group(GroupName="Default")["Group"]["GroupARN"].endswith(":group/Default")
assert code_of(xray.create_group, GroupName="Default") == "InvalidRequestException"
assert code_of(xray.update_group, GroupName="Default", FilterExpression="fault") == "InvalidRequestException"
assert code_of(xray.delete_group, GroupName="Default") == "InvalidRequestException"
in_default = xray.get_service_graph(GroupName="Default", **span_of_time)["Services"]
assert {s["Name"] for s in in_default} == {s["Name"] for s in xray.get_service_graph(**span_of_time)["Services"]}
assert xray.get_encryption_config()["EncryptionConfig"]["Type"] == "NONE"
xray.put_encryption_config(Type="KMS", KeyId="alias/key")
assert xray.get_encryption_config()["EncryptionConfig"]["KeyId"] == "alias/key"
assert code_of(xray.get_insight_summaries, StartTime=now, EndTime=now) == "UnknownOperationException"
assert post("/GetTraceSegmentDestination", {}) == {"Destination": "XRay", "Status": "ACTIVE"}
assert post("/UpdateTraceSegmentDestination", {"Destination": "XRay"})["Status"] == "ACTIVE"
assert post("/GetIndexingRules", {})["IndexingRules"][0]["Name"] == "Default"
wanted = {"Probabilistic": {"DesiredSamplingPercentage": 5.0}}
assert post("/UpdateIndexingRule", {"Name": "Default", "Rule": wanted})["IndexingRule"]["Name"] == "Default"

# --- the page's API -----------------------------------------------------------------------------------
trace = json.load(urllib.request.urlopen(f"{URL}/api/traces/{good['trace_id']}"))
by_id = {span["id"]: span for span in trace["spans"]}
assert by_id["00000000000000f1"]["parent"] == good["id"], trace
assert by_id["00000000000000f1"]["fault"] and by_id["00000000000000f1"]["aws"]["operation"] == "PutItem", trace
assert by_id[good["id"]]["http"]["status"] == 200 and abs(by_id[good["id"]]["end"] - (now - 9)) < 2e-6, trace
listed = json.load(urllib.request.urlopen(f"{URL}/api/traces?filter=annotation.order"))["traces"]
assert [t["id"] for t in listed] == [good["trace_id"]] and listed[0]["annotations"] == {"order": [42]}, listed
graph = json.load(urllib.request.urlopen(f"{URL}/api/graph"))["services"]
assert {"shop", "DynamoDB"} <= {service["name"] for service in graph}, graph
with urllib.request.urlopen(f"{URL}/api/live?since=0") as live:
    assert live.readline() == b"event: traces\n"
documents = json.load(urllib.request.urlopen(f"{URL}/api/traces/{good['trace_id']}/documents"))["documents"]
assert json.loads(documents[0]) == good
try:
    urllib.request.urlopen(f"{URL}/api/traces/1-00000001-0000000000000000000000ff")
    raise AssertionError("there is such a trace")
except urllib.error.HTTPError as error:
    assert error.code == 404 and "has no trace" in json.load(error)["message"]
assert json.load(urllib.request.urlopen(f"{URL}/api/version"))["xray"] == URL
