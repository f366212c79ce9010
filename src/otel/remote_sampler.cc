// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/remote_sampler.h"

#include "otel/ids.h"
#include "otel/sampler.h"

namespace spawn::otel {

namespace sdk = opentelemetry::sdk;

sdk::trace::SamplingResult RemoteSampler::ShouldSample(
    const api::SpanContext& parent, api::TraceId trace_id, opentelemetry::nostd::string_view,
    api::SpanKind, const opentelemetry::common::KeyValueIterable& attributes,
    const api::SpanContextKeyValueIterable&) noexcept {
  if (parent.IsValid()) return as_the_parent(parent);
  const bool keep = rules_.keeps(attributes, from_api(trace_id).randomness());
  return {keep ? sdk::trace::Decision::RECORD_AND_SAMPLE : sdk::trace::Decision::DROP, nullptr,
          api::TraceState::GetDefault()};
}

}  // namespace spawn::otel
