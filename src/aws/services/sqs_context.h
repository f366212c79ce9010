// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// An SQS message as a carrier of a trace context, in both of its places: W3C's message attributes,
// as far as a message's ten have room, and the system attribute AWSTraceHeader, which does not
// count. Pure.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "aws/propagation.h"
#include "telemetry/current.h"
#include "trace/context.h"

namespace spawn::aws::sqs {

inline constexpr std::size_t kMaxAttributes = 10;

struct Carried {
  Carrier attributes;
  std::string trace_header;  // AWSTraceHeader
};
// A message with a traceparent of its own keeps it, and gets the header that goes with it.
Carried carried(const Carrier& attributes, const telemetry::ActiveContext& context);

// W3C's first: it says more.
std::optional<trace::TraceContext> context_of(const Carrier& attributes,
                                              std::string_view trace_header);

}  // namespace spawn::aws::sqs
