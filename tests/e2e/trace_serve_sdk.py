#!/usr/bin/env python3
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""A program with the X-Ray SDK for Python, which finds its daemon in AWS_XRAY_DAEMON_ADDRESS. Prints the trace's id."""

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service="sdk program", sampling=False)
segment = xray_recorder.begin_segment("sdk program")
subsegment = xray_recorder.begin_subsegment("work")
subsegment.put_annotation("step", "first")
xray_recorder.end_subsegment()
xray_recorder.end_segment()
print(segment.trace_id)
