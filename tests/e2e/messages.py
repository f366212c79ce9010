# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""boto3's side of messages.sh.

  fill          makes what our program shall find
  check FILE    looks at what our program has made, as FILE (its output) tells
"""

import os
import sys

import boto3

# The same ones as in tests/aws/messages_test.cc.
W3C = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
XRAY = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def client(service):
    return boto3.client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def fill():
    sqs = client("sqs")
    sqs.create_queue(QueueName="from-us")
    url = sqs.create_queue(QueueName="to-us")["QueueUrl"]
    text = lambda value: {"DataType": "String", "StringValue": value}
    w3c = {"traceparent": text(W3C), "tracestate": text("a=b"),
           "number": {"DataType": "Number", "StringValue": "7"},
           "bytes": {"DataType": "Binary", "BinaryValue": b"\x00"}}
    xray = {"AWSTraceHeader": text(XRAY)}
    sqs.send_message(QueueUrl=url, MessageBody="w3c", MessageAttributes=w3c)
    sqs.send_message(QueueUrl=url, MessageBody="x-ray", MessageSystemAttributes=xray)
    sqs.send_message(QueueUrl=url, MessageBody="both", MessageAttributes=w3c, MessageSystemAttributes=xray)
    sqs.send_message(QueueUrl=url, MessageBody="neither")

    dynamodb = client("dynamodb")
    dynamodb.create_table(TableName="items", BillingMode="PAY_PER_REQUEST",
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                          KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    dynamodb.put_item(TableName="items", Item={
        "id": {"S": "boto3 é"}, "n": {"N": "42"}, "on": {"BOOL": True}, "m": {"M": {"k": {"S": "v"}}},
        "odd": {"SS": ["a", "b"]}, "traceparent": {"S": W3C}})


def as_xray(traceparent):
    _, trace, span, flags = traceparent.split("-")
    return f"Root=1-{trace[:8]}-{trace[8:]};Parent={span};Sampled={int(flags, 16) & 1}"


def check(path):
    lines = [line.split() for line in open(path)]
    sent = {line[1]: line[2] for line in lines if line[0] == "sent"}
    (item_context,) = [line[1] for line in lines if line[0] == "item"]
    assert sorted(sent) == ["free", "nine", "single", "ten"], sent

    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName="from-us")["QueueUrl"]
    got = {}
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["AWSTraceHeader"],
                                          MessageAttributeNames=["All"]).get("Messages"):
        got.update({m["Body"]: m for m in messages})
    assert sorted(got) == sorted(sent), got
    for body, traceparent in sent.items():
        message = got[body]
        attributes = {k: v["StringValue"] for k, v in message.get("MessageAttributes", {}).items()}
        if body == "single":  # moto forgets the system attributes of a batch's entries
            assert message["Attributes"]["AWSTraceHeader"] == as_xray(traceparent), message
        assert attributes.get("traceparent") == (None if body == "ten" else traceparent), message
        assert len(attributes) <= 10, message
    assert got["single"]["MessageAttributes"]["own"]["StringValue"] == "é"
    assert "tracestate" in got["free"]["MessageAttributes"] and "tracestate" not in got["nine"]["MessageAttributes"]

    item = client("dynamodb").get_item(TableName="items", Key={"id": {"S": "ours é"}})["Item"]
    assert item["n"] == {"N": "7"} and sorted(item["odd"]["SS"]) == ["a", "b"], item
    assert item["traceparent"] == {"S": item_context}, item


if __name__ == "__main__":
    {"fill": fill, "check": check}[sys.argv[1]](*sys.argv[2:])
