#!/usr/bin/env python3
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""A program with the X-Ray SDK for Python, which finds its daemon in AWS_XRAY_DAEMON_ADDRESS. Prints the trace's id."""

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service="sdk program", sampling=False)
with xray_recorder.in_segment("sdk program") as segment:
    with xray_recorder.in_subsegment("work") as subsegment:
        subsegment.put_annotation("step", "first")
    print(segment.trace_id)
