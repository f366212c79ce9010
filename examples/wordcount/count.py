# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""count.py BUCKET TABLE: counts the words of BUCKET's texts/, writes each count to the DynamoDB table
and a summary to BUCKET's result.txt. Plain boto3, no tracing."""

import os
import re
import sys

import boto3

bucket, table = sys.argv[1:]
# A boto3 older than 1.28 does not read AWS_ENDPOINT_URL by itself.
endpoint = os.environ.get("AWS_ENDPOINT_URL")
s3 = boto3.client("s3", endpoint_url=endpoint)
dynamodb = boto3.client("dynamodb", endpoint_url=endpoint)


def words_to_ignore():
    """A bucket may bring a list of words that do not count. Most do not, which is no error."""
    try:
        return set(s3.get_object(Bucket=bucket, Key="ignore.txt")["Body"].read().decode().split())
    except s3.exceptions.NoSuchKey:
        return set()


def make_table():
    try:
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "text", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "text", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    except dynamodb.exceptions.ResourceInUseException:
        pass  # from an earlier run


ignored = words_to_ignore()
make_table()
lines = [f"{'text':<12}{'words':>8}{'different':>11}"]
for item in s3.list_objects_v2(Bucket=bucket, Prefix="texts/")["Contents"]:
    text = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read().decode(errors="replace")
    words = [w for w in re.findall(r"[a-z]+", text.lower()) if w not in ignored]
    name = item["Key"].removeprefix("texts/")
    lines.append(f"{name:<12}{len(words):>8}{len(set(words)):>11}")
    dynamodb.put_item(
        TableName=table,
        Item={
            "text": {"S": name},
            "words": {"N": str(len(words))},
            "different": {"N": str(len(set(words)))},
        },
    )
s3.put_object(Bucket=bucket, Key="result.txt", Body="\n".join(lines) + "\n")
