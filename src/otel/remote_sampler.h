// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's sampling rules as a sampler of OpenTelemetry's SDK: what a rule can be about, taken from
// a root's attributes and from the resource; xray/remote_sampler.h decides. Attributes by the
// newest semantic conventions and by those before 1.21, as X-Ray's samplers for other languages
// read them.
#pragma once

#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/sampler.h>

#include <cstdint>
#include <functional>
#include <string>

#include "xray/remote_sampler.h"

namespace spawn::otel {

// What the resource says of the service: its service.name, the origin that its cloud.platform has,
// and the ARN it runs as; "" for what it does not say.
struct SampledService {
  xray::RemoteSampler::Service service;
  std::string arn;
};
SampledService sampled_service(const opentelemetry::sdk::resource::Resource& resource);

// The parent's decision; for a root, that of `decide`, which any thread may be in.
class RemoteSampler final : public opentelemetry::sdk::trace::Sampler {
 public:
  using Decide = std::function<bool(const xray::SamplingRequest&, std::uint64_t randomness)>;
  RemoteSampler(std::string arn, Decide decide)
      : arn_(std::move(arn)), decide_(std::move(decide)) {}
  opentelemetry::sdk::trace::SamplingResult ShouldSample(
      const opentelemetry::trace::SpanContext& parent, opentelemetry::trace::TraceId trace_id,
      opentelemetry::nostd::string_view name, opentelemetry::trace::SpanKind kind,
      const opentelemetry::common::KeyValueIterable& attributes,
      const opentelemetry::trace::SpanContextKeyValueIterable& links) noexcept override;
  [[nodiscard]] opentelemetry::nostd::string_view GetDescription() const noexcept override {
    return "RemoteSampler{X-Ray's sampling rules}";
  }

 private:
  std::string arn_;
  Decide decide_;
};

}  // namespace spawn::otel
