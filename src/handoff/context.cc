// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/context.h"

#include <fmt/format.h>

#include "core/text.h"
#include "trace/traceparent.h"

namespace spawn::handoff {
namespace {

tl::unexpected<core::Error> bad(std::string what) {
  return core::fail(core::Code::invalid_argument, std::move(what));
}

std::string shown(std::string_view text) { return core::visible(core::utf8_prefix(text, 60)); }

}  // namespace

std::string_view to_string(ContextSource source) {
  switch (source) {
    case ContextSource::registry:
      return "registry";
    case ContextSource::tag:
      return "tag";
    case ContextSource::none:
      break;
  }
  return "none";
}

std::optional<trace::TraceContext> context_in(std::string_view traceparent,
                                              std::string_view tracestate) {
  const auto span = trace::parse_traceparent(traceparent);
  if (!span) return std::nullopt;
  trace::TraceContext context{*span, {}};
  context.span.remote = true;
  context.extras.tracestate = trace::parse_tracestate(tracestate).value_or("");
  return context;
}

core::Result<trace::TraceContext> context_of_launch(const Row& row, const LaunchId& id,
                                                    std::int64_t now_s) {
  if (row.job_array_id != id.text() || row.instance_id != kLaunchRow) {
    return bad(
        fmt::format("the launch row is of '{}', not of '{}'", shown(row.job_array_id), id.text()));
  }
  if (row.expires_at != 0 && row.expires_at <= now_s) {
    return bad(fmt::format("the launch row expired {} s ago", now_s - row.expires_at));
  }
  auto context = context_in(row.traceparent, row.tracestate);
  if (!context) {
    return bad(fmt::format("the launch row's traceparent '{}' is no W3C trace context",
                           shown(row.traceparent)));
  }
  return std::move(*context);
}

LaunchContext find_context(const std::optional<LaunchId>& id,
                           const std::optional<core::Result<Row>>& row,
                           std::string_view tag_traceparent, std::string_view tag_tracestate,
                           std::int64_t now_s) {
  LaunchContext found;
  if (id && row) {
    auto context = *row ? context_of_launch(**row, *id, now_s)
                        : core::Result<trace::TraceContext>(core::fail(row->error()));
    if (context) return {std::move(*context), ContextSource::registry, {}};
    found.complaint = std::move(context.error().message);
  }
  if (!tag_traceparent.empty()) {
    if (auto context = context_in(tag_traceparent, tag_tracestate)) {
      found.context = std::move(*context);
      found.source = ContextSource::tag;
      if (!found.complaint.empty()) found.complaint += "; taking the context of the tags";
      return found;
    }
    found.complaint += fmt::format("{}the tag spawn:traceparent '{}' is no W3C trace context",
                                   found.complaint.empty() ? "" : "; ", shown(tag_traceparent));
  }
  if (!found.complaint.empty()) found.complaint += "; a new trace begins";
  return found;
}

ContextText text_of(const trace::SpanContext& span, const trace::ContextExtras* extras) {
  return {trace::format_traceparent(span), extras != nullptr ? extras->tracestate : ""};
}

}  // namespace spawn::handoff
