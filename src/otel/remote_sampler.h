// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's sampling rules (root_rules.h) as a sampler of OpenTelemetry's SDK.
#pragma once

#include <opentelemetry/sdk/trace/sampler.h>

#include <utility>

#include "otel/root_rules.h"

namespace spawn::otel {

// The parent's decision; for a root, that of the rules.
class RemoteSampler final : public opentelemetry::sdk::trace::Sampler {
 public:
  explicit RemoteSampler(RootRules rules) : rules_(std::move(rules)) {}
  opentelemetry::sdk::trace::SamplingResult ShouldSample(
      const opentelemetry::trace::SpanContext& parent, opentelemetry::trace::TraceId trace_id,
      opentelemetry::nostd::string_view name, opentelemetry::trace::SpanKind kind,
      const opentelemetry::common::KeyValueIterable& attributes,
      const opentelemetry::trace::SpanContextKeyValueIterable& links) noexcept override;
  [[nodiscard]] opentelemetry::nostd::string_view GetDescription() const noexcept override {
    return "RemoteSampler{X-Ray's sampling rules}";
  }

 private:
  RootRules rules_;
};

}  // namespace spawn::otel
