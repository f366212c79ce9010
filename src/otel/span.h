// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's Span over ours. Any thread may call it, as the API promises; a call on one
// that records costs one uncontended atomic exchange for that. Used after its end, or after its
// provider's shutdown, it does nothing. One that is never ended ends when the last reference goes.
#pragma once

#include <atomic>
#include <memory>

#include "otel/context_span.h"
#include "otel/limits.h"
#include "telemetry/tracer.h"

namespace spawn::otel {

class Tracer;

class Span final : public ContextSpan {
 public:
  // `make` gives a telemetry::Span. `extras`: what the span's context owns of the parent's.
  // `limits` are the tracer's.
  template <typename Make>
  Span(std::shared_ptr<const Tracer> tracer, const SpanLimits* limits, Extras extras, Make&& make)
      : tracer_(std::move(tracer)), extras_(std::move(extras)), limits_(limits), span_(make()) {
    recording_.store(span_.recording(), std::memory_order_relaxed);
  }

  // Only before others can see it.
  [[nodiscard]] telemetry::Span& telemetry_span() { return span_; }

  [[nodiscard]] telemetry::ActiveContext active() const override;
  [[nodiscard]] Extras extras() const override { return extras_; }

  void SetAttribute(opentelemetry::nostd::string_view key,
                    const opentelemetry::common::AttributeValue& value) noexcept override;
  void AddEvent(opentelemetry::nostd::string_view name) noexcept override;
  void AddEvent(opentelemetry::nostd::string_view name,
                opentelemetry::common::SystemTimestamp time) noexcept override;
  void AddEvent(opentelemetry::nostd::string_view name, opentelemetry::common::SystemTimestamp time,
                const opentelemetry::common::KeyValueIterable& attributes) noexcept override;
  // "Ok" is final; "Unset" is ignored; a description counts with "Error" only
  // (https://opentelemetry.io/docs/specs/otel/trace/api/#set-status).
  void SetStatus(api::StatusCode code,
                 opentelemetry::nostd::string_view description) noexcept override;
  void UpdateName(opentelemetry::nostd::string_view name) noexcept override;
  void End(const api::EndSpanOptions& options) noexcept override;
  [[nodiscard]] bool IsRecording() const noexcept override {
    return recording_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] api::SpanContext GetContext() const noexcept override;

 private:
  class Lock;

  // Keeps the engine alive.
  std::shared_ptr<const Tracer> tracer_;
  Extras extras_;
  const SpanLimits* limits_;
  mutable std::atomic<bool> locked_{false};
  // Of span_, for a look without the lock.
  std::atomic<bool> recording_{false};
  mutable telemetry::Span span_;
};

}  // namespace spawn::otel
