// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A DynamoDB item as a carrier of a trace context: the attributes traceparent and tracestate, in
// items that are ours (nothing is ever added to somebody else's). Pure.
#pragma once

#include <optional>

#include "aws/services/dynamodb.h"
#include "trace/context.h"

namespace spawn::aws::dynamodb {

// Replaces what was there.
void set_context(const trace::SpanContext& span, const trace::ContextExtras* extras, Item& item);
std::optional<trace::TraceContext> context_of(const Item& item);

}  // namespace spawn::aws::dynamodb
