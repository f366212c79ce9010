// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's Tracer over ours. A sampled span with eight attributes costs it no allocation
// once a thread has made some (pool.h).
#pragma once

#include <opentelemetry/trace/tracer.h>

#include <memory>
#include <optional>
#include <string>

#include "otel/context_span.h"
#include "otel/limits.h"
#include "otel/root_rules.h"
#include "telemetry/telemetry.h"
#include "trace/parent_rates.h"

namespace spawn::otel {

// What a provider's tracers have in common.
struct Engine {
  std::shared_ptr<telemetry::Telemetry> telemetry;
  trace::ParentRates parents{};
  std::optional<SpanLimits> limits{};
  // Decide about roots; nothing: the telemetry's own sampling does.
  std::optional<RootRules> rules{};
};

class Tracer final : public opentelemetry::trace::Tracer,
                     public std::enable_shared_from_this<Tracer> {
 public:
  // `name` and `version` of the instrumentation scope; they become the attributes otel.scope.name
  // and otel.scope.version of each span
  // (https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/#instrumentationscope).
  Tracer(Engine engine, std::string name, std::string version);

  using opentelemetry::trace::Tracer::StartSpan;
  opentelemetry::nostd::shared_ptr<opentelemetry::trace::Span> StartSpan(
      opentelemetry::nostd::string_view name,
      const opentelemetry::common::KeyValueIterable& attributes,
      const opentelemetry::trace::SpanContextKeyValueIterable& links,
      const opentelemetry::trace::StartSpanOptions& options) noexcept override;

  void ForceFlushWithMicroseconds(std::uint64_t timeout) noexcept override;
  void CloseWithMicroseconds(std::uint64_t timeout) noexcept override;

  // Null: what a record can hold.
  [[nodiscard]] const SpanLimits* limits() const {
    return engine_.limits ? &*engine_.limits : nullptr;
  }

 private:
  void decide_anew(ParentContext& parent) const;
  [[nodiscard]] telemetry::Span start_by_rules(
      std::string_view name, trace::SpanKind kind,
      const opentelemetry::common::KeyValueIterable& attributes) const;

  Engine engine_;
  bool obeys_parents_;
  std::string name_;
  std::string version_;
};

}  // namespace spawn::otel
