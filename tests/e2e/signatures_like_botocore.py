# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""signatures_like_botocore.py SIGN_REQUESTS: do we sign as botocore does?

The same requests, keys and times go to our signing layer and to botocore.auth; the Authorization
headers must be equal, byte for byte.
"""

import datetime
import itertools
import json
import subprocess
import sys
from urllib.parse import quote

import botocore.auth
import botocore.awsrequest
import botocore.credentials

KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TOKENS = ["", "short", "FwoGZXIvYXdzE//+=" + "x" * 1000]
TIMES = ["2026-01-02T03:04:05Z", "2024-02-29T23:59:59Z"]
ODD = ["plain", "with space", "a+b", "100%", "(round)", "~tilde", "é", "日本", "a=b&c=d", "x?y#z", "'quote'", "star*",
       "semi;colon", "at@sign", "dollar$", "comma,", "[b]", "a:b", "back\\slash", "\U0001F600", "%41", "e\u0301"]
JSON_1_0 = {"Content-Type": "application/x-amz-json-1.0"}
JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
TRACE = {"X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"}


def request(service, method, url, headers=None, body="", region="eu-west-1"):
    return {"service": service, "method": method, "url": url, "headers": list((headers or {}).items()),
            "body": body, "region": region, "normalize": service != "s3"}


def requests():
    def host(service):
        return f"https://{service}.eu-west-1.amazonaws.com"

    dynamodb = {"X-Amz-Target": "DynamoDB_20120810.PutItem", **JSON_1_0, **TRACE}
    sqs = {"X-Amz-Target": "AmazonSQS.SendMessage", **JSON_1_0}
    ssm = {"X-Amz-Target": "AmazonSSM.GetParameter", **JSON_1_1}
    for text in ODD:
        value = json.dumps({"x": text}, ensure_ascii=False)
        form = f"Action=Do&Version=2016-11-15&Name={quote(text, safe='~')}"
        path = quote(text, safe="~")
        yield request("dynamodb", "POST", host("dynamodb") + "/", dynamodb, value)
        yield request("sqs", "POST", host("sqs") + "/", sqs, value)
        yield request("ssm", "POST", host("ssm") + "/", ssm, value)
        yield request("ec2", "POST", host("ec2") + "/", {**FORM, **TRACE}, form)
        yield request("sts", "POST", host("sts") + "/", FORM, form)
        yield request("lambda", "POST", f"{host('lambda')}/2015-03-31/functions/{path}/invocations?Qualifier={path}",
                      {"X-Amz-Client-Context": "eyJhIjoxfQ==", "X-Amz-Invocation-Type": "Event"}, value)
        yield request("s3", "GET", f"{host('s3')}/bucket/{path}")
        yield request("s3", "PUT", f"{host('s3')}/bucket/a/{path}/b", {"x-amz-meta-traceparent": "00-ab", "x-amz-meta-a-b": "c"}, value)
        yield request("s3", "GET", f"{host('s3')}/bucket?list-type=2&prefix={path}&delimiter=%2F")
        yield request("s3", "GET", f"{host('s3')}/bucket?z=1&a=2&A=3&a={path}&{path}=")
    yield request("xray", "POST", host("xray") + "/TraceSegments", {"Content-Type": "application/json"}, "{}")
    yield request("lambda", "POST", host("lambda") + "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/invocations")
    yield request("s3", "GET", host("s3") + "/bucket/a//b/../c/./d")
    yield request("s3", "GET", host("s3") + "/bucket?location=")
    yield request("s3", "POST", host("s3") + "/bucket/key?uploads=")
    yield request("s3", "PUT", host("s3") + "/bucket/key?partNumber=1&uploadId=a%2Bb%2F%3D", {}, "part")
    yield request("s3", "DELETE", host("s3") + "/bucket/key?versionId=null")
    yield request("s3", "HEAD", "http://127.0.0.1:9000/bucket/key")
    yield request("ec2", "POST", "http://127.0.0.1:5000/", FORM, "Action=DescribeInstances", "us-east-1")
    yield request("sqs", "POST", host("sqs") + "/", {"X-Amz-Two": "a   b  c", "x-amz-empty": "", "A-First": " blanks "}, "x")
    yield request("xray", "POST", host("xray") + "/a/../b//c/./Traces/", {}, "{}")
    yield request("dynamodb", "POST", host("dynamodb") + "/", {"User-Agent": "spawn/1", **dynamodb}, "é" * 70000)


def sign_like_botocore(case):
    credentials = botocore.credentials.Credentials(*KEY, case["token"] or None)
    signer = botocore.auth.S3SigV4Auth if case["service"] == "s3" else botocore.auth.SigV4Auth
    time = datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ")

    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return time

    class FrozenModule:
        datetime = Frozen

    botocore.auth.datetime = FrozenModule if hasattr(botocore.auth.datetime, "datetime") else Frozen
    if hasattr(botocore.auth, "get_current_datetime"):
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: time
    request = botocore.awsrequest.AWSRequest(
        method=case["method"], url=case["url"], data=case["body"].encode(), headers=dict(case["headers"]))
    request.context["payload_signing_enabled"] = True  # S3 over TLS would else leave the body out
    signer(credentials, case["service"], case["region"]).add_auth(request)
    return request.headers["Authorization"]


def main():
    cases = []
    for case, token in itertools.product(requests(), TOKENS):
        cases.append({**case, "token": token, "key_id": KEY[0], "secret": KEY[1], "time": TIMES[len(cases) % 2]})
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    ours = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(ours) == len(cases), ours
    differ = 0
    for case, our in zip(cases, ours):
        their = sign_like_botocore(case)
        if our == their:
            continue
        differ += 1
        print(f"{case['method']} {case['url']} {case['headers']}:\n  botocore  {their}\n  ours      {our}")
    print(f"{len(cases)} requests, {differ} differ")
    return 1 if differ else 0


sys.exit(main())
