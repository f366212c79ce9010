// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/environment.h"

#include <fmt/format.h>

#include <algorithm>

#include "trace/traceparent.h"
#include "trace/xray_header.h"

namespace spawn::agent {
namespace {

constexpr std::string_view kTraceparent = "TRACEPARENT";
constexpr std::string_view kTracestate = "TRACESTATE";
constexpr std::string_view kXRay = "_X_AMZN_TRACE_ID";

Inherited from_traceparent(const std::string& text, const core::Env& env) {
  const auto span = trace::parse_traceparent(text);
  if (!span) {
    return {std::nullopt,
            fmt::format("{} is no W3C trace context; a new trace begins", kTraceparent)};
  }
  trace::TraceContext context{*span, {}};
  context.span.remote = true;
  context.extras.tracestate =
      trace::parse_tracestate(env.get(kTracestate).value_or("")).value_or("");
  return {context, {}};
}

Inherited from_xray(const std::string& text, const trace::Sampling& sampling) {
  const auto header = trace::parse_xray_header(text);
  if (!header) {
    return {std::nullopt, fmt::format("{} is no X-Ray trace header; a new trace begins", kXRay)};
  }
  using Sampled = trace::XRayHeader::Sampled;
  const bool sampled =
      header->sampled == Sampled::undecided
          ? sampling.keeps(kXRay, trace::SpanKind::internal, header->root->randomness())
          : header->sampled == Sampled::yes;
  trace::TraceContext context;
  context.span.trace_id = *header->root;
  context.span.span_id = header->parent.value_or(trace::SpanId{});
  context.span.flags = sampled ? trace::kSampled : std::uint8_t{0};
  context.span.remote = header->parent.has_value();
  context.extras.xray_fields = header->unknown_fields;
  return {context, {}};
}

bool names(std::string_view entry, std::string_view name) {
  return entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=';
}

}  // namespace

Inherited context_from(const core::Env& env, const trace::Sampling& sampling) {
  if (const auto text = env.get_non_empty(kTraceparent)) return from_traceparent(*text, env);
  if (const auto text = env.get_non_empty(kXRay)) return from_xray(*text, sampling);
  return {};
}

std::string ChildEnvironment::get(std::string_view name) const {
  const auto found =
      std::ranges::find_if(entries_, [&](const std::string& entry) { return names(entry, name); });
  return found == entries_.end() ? "" : found->substr(name.size() + 1);
}

void ChildEnvironment::set_all(const std::vector<std::pair<std::string, std::string>>& variables) {
  for (const auto& [name, value] : variables) set(name, value);
}

void ChildEnvironment::set(std::string_view name, std::string_view value) {
  unset(name);
  entries_.push_back(fmt::format("{}={}", name, value));
}

void ChildEnvironment::unset(std::string_view name) {
  std::erase_if(entries_, [&](const std::string& entry) { return names(entry, name); });
}

void ChildEnvironment::put(const trace::SpanContext& context, const trace::ContextExtras& extras) {
  set(kTraceparent, trace::format_traceparent(context));
  if (extras.tracestate.empty()) {
    unset(kTracestate);
  } else {
    set(kTracestate, extras.tracestate);
  }
  set(kXRay, trace::format_xray_header(context, extras.xray_fields));
}

}  // namespace spawn::agent
