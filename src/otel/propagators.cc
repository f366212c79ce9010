// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/propagators.h"

#include <fmt/format.h>
#include <opentelemetry/baggage/propagation/baggage_propagator.h>
#include <opentelemetry/context/propagation/composite_propagator.h>
#include <opentelemetry/trace/context.h>
// Its class, or clang-tidy takes ours for what their headers declare.
#include <opentelemetry/trace/tracer.h>

#include <utility>

#include "core/text.h"
#include "otel/context_span.h"
#include "trace/traceparent.h"
#include "trace/xray_header.h"

namespace spawn::otel {
namespace {

namespace nostd = opentelemetry::nostd;
using opentelemetry::context::Context;

constexpr char kTraceparent[] = "traceparent";
constexpr char kTracestate[] = "tracestate";
// As the other languages' propagators write it; headers know no case, some carriers do.
constexpr char kXRay[] = "x-amzn-trace-id";

Context with_remote_parent(Context& context, trace::SpanContext span, trace::ContextExtras extras) {
  span.remote = true;
  Extras shared;
  if (!extras.tracestate.empty() || !extras.xray_fields.empty()) {
    shared = std::make_shared<const trace::ContextExtras>(std::move(extras));
  }
  return context.SetValue(api::kSpanKey,
                          nostd::shared_ptr<api::Span>(new RemoteSpan(span, std::move(shared))));
}

}  // namespace

Context TraceContextPropagator::Extract(const propagation::TextMapCarrier& carrier,
                                        Context& context) noexcept {
  const auto span = trace::parse_traceparent(from_api(carrier.Get(kTraceparent)));
  if (!span) return context;
  trace::ContextExtras extras;
  extras.tracestate =
      trace::parse_tracestate(from_api(carrier.Get(kTracestate))).value_or(std::string());
  return with_remote_parent(context, *span, std::move(extras));
}

void TraceContextPropagator::Inject(propagation::TextMapCarrier& carrier,
                                    const Context& context) noexcept {
  const ParentContext current = parent_context(context);
  if (!current.active.decided) return;
  carrier.Set(kTraceparent, trace::format_traceparent(current.active.span));
  const trace::ContextExtras* const extras = current.active.extras;
  if (extras != nullptr && !extras->tracestate.empty()) {
    carrier.Set(kTracestate, extras->tracestate);
  }
}

bool TraceContextPropagator::Fields(
    nostd::function_ref<bool(nostd::string_view)> callback) const noexcept {
  return callback(kTraceparent) && callback(kTracestate);
}

Context XRayPropagator::Extract(const propagation::TextMapCarrier& carrier,
                                Context& context) noexcept {
  nostd::string_view text = carrier.Get(kXRay);
  if (text.empty()) text = carrier.Get(to_api(trace::kXRayHeader));
  const auto header = trace::parse_xray_header(from_api(text));
  if (!header || !header->root || !header->parent) return context;
  const bool sampled = header->sampled == trace::XRayHeader::Sampled::yes;
  trace::ContextExtras extras;
  extras.xray_fields = header->unknown_fields;
  return with_remote_parent(
      context, {*header->root, *header->parent, sampled ? trace::kSampled : std::uint8_t{0}},
      std::move(extras));
}

void XRayPropagator::Inject(propagation::TextMapCarrier& carrier, const Context& context) noexcept {
  const ParentContext current = parent_context(context);
  if (!current.active.decided) return;
  const trace::ContextExtras* const extras = current.active.extras;
  carrier.Set(kXRay, trace::format_xray_header(current.active.span,
                                               extras != nullptr ? extras->xray_fields : ""));
}

bool XRayPropagator::Fields(nostd::function_ref<bool(nostd::string_view)> callback) const noexcept {
  return callback(kXRay);
}

std::unique_ptr<propagation::TextMapPropagator> propagator_from(
    const std::optional<otelconfig::Said<std::vector<std::string>>>& names,
    std::vector<std::string>& notes) {
  const std::vector<std::string> usual = {"tracecontext", "baggage"};
  std::vector<std::unique_ptr<propagation::TextMapPropagator>> parts;
  for (const std::string& name : names ? names->value : usual) {
    if (name == "tracecontext") {
      parts.push_back(std::make_unique<TraceContextPropagator>());
    } else if (name == "baggage") {
      parts.push_back(std::make_unique<opentelemetry::baggage::propagation::BaggagePropagator>());
    } else if (name == "xray") {
      parts.push_back(std::make_unique<XRayPropagator>());
    } else {
      notes.push_back(
          fmt::format("{}: '{}' is not known; known are tracecontext, baggage, xray, none",
                      names->source, core::visible(core::utf8_prefix(name, 60))));
    }
  }
  return std::make_unique<propagation::CompositePropagator>(std::move(parts));
}

}  // namespace spawn::otel
