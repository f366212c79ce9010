# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""boto3's side of ec2_s3.sh.

  fill    makes what our program shall find
  check   looks at what our program has made
"""

import base64
import hashlib
import json
import os
import sys

import boto3

CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
# The same ones as in tests/aws/ec2_s3_test.cc.
ODD_KEYS = ["plus+key", "per%cent", "per%2Fcent", "(par)en", "til~de", "a space", "é", "日本/ü", "a=b&c",
            "#hash?q=1", "semi;colon:@,$!*'", "double//slash"]
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def client(service):
    return boto3.client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def fill():
    s3, ec2, iam = client("s3"), client("ec2"), client("iam")
    s3.create_bucket(Bucket="lab")
    s3.put_object(Bucket="lab", Key="boto3/small", Body=b"small", Metadata={"traceparent": CONTEXT})
    for key in ODD_KEYS:
        s3.put_object(Bucket="lab", Key="boto3/odd/" + key, Body=key.encode())
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    tags = {"made-by": "boto3", "Name": "日本 <&> ok", "spawn:traceparent": CONTEXT}
    ec2.run_instances(ImageId=image, InstanceType="t3.small", MinCount=1, MaxCount=1, TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}])
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="worker")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")


def check():
    s3, ec2 = client("s3"), client("ec2")
    for key in ODD_KEYS:
        assert s3.get_object(Bucket="lab", Key="ours/odd/" + key)["Body"].read() == key.encode(), key
    listed = s3.list_objects_v2(Bucket="lab", Prefix="ours/odd/")["Contents"]
    assert sorted(o["Key"] for o in listed) == sorted("ours/odd/" + k for k in ODD_KEYS), listed
    carried = s3.head_object(Bucket="lab", Key="ours/context")
    assert carried["ContentType"] == "text/plain", carried
    assert carried["Metadata"]["traceparent"].startswith("00-"), carried["Metadata"]
    assert carried["Metadata"]["some"] == "thing  else", carried["Metadata"]
    large = s3.get_object(Bucket="lab", Key="ours/large")
    assert large["ETag"].endswith('-3"'), large["ETag"]
    digest = hashlib.sha256(large["Body"].read()).hexdigest()
    assert digest == hashlib.sha256(open("large", "rb").read()).hexdigest()
    assert not s3.list_multipart_uploads(Bucket="lab").get("Uploads")

    named = [{"Name": "tag:Name", "Values": ["a & <b> é"]}]
    (reservation,) = ec2.describe_instances(Filters=named)["Reservations"]
    (instance,) = reservation["Instances"]
    tags = {t["Key"]: t["Value"] for t in instance["Tags"]}
    assert tags["spawn:traceparent"].startswith("00-") and len(tags["spawn:traceparent"]) == 55, tags
    data = ec2.describe_instance_attribute(InstanceId=instance["InstanceId"], Attribute="userData")
    assert data["UserData"]["Value"], data
    assert base64.b64decode(data["UserData"]["Value"]) == b"#!/bin/sh\nexport PASSWORD=hunter2\n", data


if __name__ == "__main__":
    {"fill": fill, "check": check}[sys.argv[1]]()
