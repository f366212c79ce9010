# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""Writes an invoice. Uses the X-Ray SDK for Python and boto3 as anybody would."""

import os

import boto3
from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service="invoices")
xray_recorder.begin_segment("invoices")
xray_recorder.begin_subsegment("add up")
total = sum(range(100))
xray_recorder.current_subsegment().put_annotation("total", total)
xray_recorder.end_subsegment()
# Newer versions read the variable by themselves.
s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
s3.put_object(Bucket="orders", Key="invoice", Body=str(total).encode())
xray_recorder.end_segment()
