// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a call and its outcome look like on a span: the guide's attributes and the semantic
// conventions' (v1.44.0, cloud-providers/aws-sdk.md), side by side. Shared by the two tracing
// layers.
#pragma once

#include "aws/caller.h"
#include "trace/span_record.h"

namespace spawn::aws {

// Known before it is sent: service, operation, region, server.
void set_call(trace::SpanRecord& record, const Call& call);

// Request ids, status, peer; `error` always, error.type and the span's status when it failed.
void set_outcome(trace::SpanRecord& record, const Outcome& outcome);

// How much of a streamed body went each way; nothing for calls without one.
void set_streams(trace::SpanRecord& record, const Call& call, const Outcome& outcome);

}  // namespace spawn::aws
