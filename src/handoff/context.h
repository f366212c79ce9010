// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Where an instance takes the launch's trace context from: the launch row of the registry, else the
// instance's tags, else nowhere, and then a trace of its own begins. Which it was, and why the
// better ones were no good, is told; nothing here stops a workload. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "handoff/launch_id.h"
#include "handoff/registry.h"
#include "trace/context.h"

namespace spawn::handoff {

enum class ContextSource { registry, tag, none };
// The value of spawn.context_source.
std::string_view to_string(ContextSource source);

struct LaunchContext {
  std::optional<trace::TraceContext> context;  // remote
  ContextSource source = ContextSource::none;
  std::string complaint;  // one line for the log, "" when all is as it should be
};

// The context that a launch row carries. Code::invalid_argument when it is of another launch, past
// its time, or no context.
core::Result<trace::TraceContext> context_of_launch(const Row& row, const LaunchId& id,
                                                    std::int64_t now_s);

// The context in a traceparent and tracestate, from wherever. Nothing when it is none; a tracestate
// that is invalid is as if it were not there.
std::optional<trace::TraceContext> context_in(std::string_view traceparent,
                                              std::string_view tracestate);

// `row` is what the registry answered (an error when it could not), absent when the instance is
// of no launch; the two texts are those of the tags, "" for none.
LaunchContext find_context(const std::optional<LaunchId>& id,
                           const std::optional<core::Result<Row>>& row,
                           std::string_view tag_traceparent, std::string_view tag_tracestate,
                           std::int64_t now_s);

// What goes into a row or the tags.
struct ContextText {
  std::string traceparent;
  std::string tracestate;
};
ContextText text_of(const trace::SpanContext& span, const trace::ContextExtras* extras);

}  // namespace spawn::handoff
