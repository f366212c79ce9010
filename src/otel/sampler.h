// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// For programs on OpenTelemetry's own SDK: ids that X-Ray takes, and the sampler that decides on
// their random part as trace::Rate does (the SDK's ratio sampler reads the leading bytes, which in
// X-Ray's ids are the time).
#pragma once

#include <opentelemetry/sdk/trace/id_generator.h>
#include <opentelemetry/sdk/trace/sampler.h>

#include <string>

#include "core/clock.h"
#include "core/rng.h"
#include "trace/rate.h"

namespace spawn::otel {

// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids:
// four bytes of time, twelve of chance.
class XRayIdGenerator final : public opentelemetry::sdk::trace::IdGenerator {
 public:
  // Both must outlive it and be safe for any thread.
  XRayIdGenerator(core::Clock& clock, core::Rng& rng)
      : IdGenerator(true), clock_(clock), rng_(rng) {}
  opentelemetry::trace::SpanId GenerateSpanId() noexcept override;
  opentelemetry::trace::TraceId GenerateTraceId() noexcept override;

 private:
  core::Clock& clock_;
  core::Rng& rng_;
};

// What the parent decided, for whoever has one.
opentelemetry::sdk::trace::SamplingResult as_the_parent(
    const opentelemetry::trace::SpanContext& parent);

// The parent's decision; for a root, the rate's, told in tracestate as `ot=th:…`.
class ProbabilitySampler final : public opentelemetry::sdk::trace::Sampler {
 public:
  explicit ProbabilitySampler(trace::Rate rate);
  opentelemetry::sdk::trace::SamplingResult ShouldSample(
      const opentelemetry::trace::SpanContext& parent, opentelemetry::trace::TraceId trace_id,
      opentelemetry::nostd::string_view name, opentelemetry::trace::SpanKind kind,
      const opentelemetry::common::KeyValueIterable& attributes,
      const opentelemetry::trace::SpanContextKeyValueIterable& links) noexcept override;
  [[nodiscard]] opentelemetry::nostd::string_view GetDescription() const noexcept override {
    return description_;
  }

 private:
  trace::Rate rate_;
  opentelemetry::nostd::shared_ptr<opentelemetry::trace::TraceState> kept_;
  std::string description_;
};

}  // namespace spawn::otel
