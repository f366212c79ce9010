// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/sampler.h"

#include <fmt/format.h>

#include "otel/ids.h"

namespace spawn::otel {

namespace sdk = opentelemetry::sdk::trace;

api::SpanId XRayIdGenerator::GenerateSpanId() noexcept {
  for (;;) {
    const trace::SpanId id{rng_.next()};
    if (id.valid()) return to_api(id);
  }
}

api::TraceId XRayIdGenerator::GenerateTraceId() noexcept {
  const auto seconds = static_cast<std::uint64_t>(clock_.now().wall_ns / 1'000'000'000);
  return to_api(trace::TraceId{seconds << 32 | rng_.next() >> 32, rng_.next()});
}

ProbabilitySampler::ProbabilitySampler(trace::Rate rate)
    : rate_(rate),
      kept_(api::TraceState::GetDefault()),
      description_(fmt::format("ProbabilitySampler{{{}}}", rate.value())) {
  if (const std::string value = rate.tracestate_value(); !value.empty()) {
    kept_ = api::TraceState::FromHeader("ot=" + value);
  }
}

sdk::SamplingResult as_the_parent(const api::SpanContext& parent) {
  return {parent.IsSampled() ? sdk::Decision::RECORD_AND_SAMPLE : sdk::Decision::DROP, nullptr,
          parent.trace_state()};
}

sdk::SamplingResult ProbabilitySampler::ShouldSample(
    const api::SpanContext& parent, api::TraceId trace_id, opentelemetry::nostd::string_view,
    api::SpanKind, const opentelemetry::common::KeyValueIterable&,
    const api::SpanContextKeyValueIterable&) noexcept {
  if (parent.IsValid()) return as_the_parent(parent);
  const bool keep = rate_.keeps(from_api(trace_id));
  return {keep ? sdk::Decision::RECORD_AND_SAMPLE : sdk::Decision::DROP, nullptr,
          keep ? kept_ : api::TraceState::GetDefault()};
}

}  // namespace spawn::otel
