// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace context in what AWS services carry from one program to the next: string maps with
// `traceparent` and `tracestate` in them, as W3C Trace Context spells them (trace/traceparent.h),
// and X-Ray's header where a service has a place for it (trace/xray_header.h). Shared by the
// services; how a map becomes message attributes, a client context or an item is theirs. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "trace/context.h"

namespace spawn::aws {

inline constexpr std::string_view kTraceparent = "traceparent";
inline constexpr std::string_view kTracestate = "tracestate";

using Carrier = std::map<std::string, std::string, std::less<>>;

// Replaces what was there; without a tracestate an old one goes.
void inject(const trace::SpanContext& span, const trace::ContextExtras* extras, Carrier& carrier);

// Nothing without a valid traceparent. A tracestate that is invalid is as if it were not there.
std::optional<trace::TraceContext> extract(const Carrier& carrier);

// Nothing unless the header names a trace and a span in it. A decision that it leaves open counts
// as no.
std::optional<trace::TraceContext> extract_xray(std::string_view header);

}  // namespace spawn::aws
