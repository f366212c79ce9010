// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// EC2 tags as a carrier of a trace context: spawn:traceparent and spawn:tracestate, for instances
// that may read nothing but their own tags. Whoever may read the tags may read these. Pure.
#pragma once

#include <optional>

#include "aws/services/ec2.h"
#include "trace/context.h"

namespace spawn::aws::ec2 {

// Of a tracestate, as many members from its front as a tag's 256 characters hold.
Tags context_tags(const trace::SpanContext& span, const trace::ContextExtras* extras);
std::optional<trace::TraceContext> context_of(const Tags& tags);

}  // namespace spawn::aws::ec2
