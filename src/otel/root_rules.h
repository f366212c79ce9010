// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's sampling rules for roots that OpenTelemetry's API starts: what a rule can be about, taken
// from a root's attributes and from the resource; xray/remote_sampler.h decides. Attributes by the
// newest semantic conventions and by those before 1.21, as X-Ray's samplers for other languages
// read them. For our tracer and for the SDK's sampler (remote_sampler.h).
#pragma once

#include <opentelemetry/common/key_value_iterable.h>

#include <cstdint>
#include <functional>
#include <string>

#include "trace/resource.h"
#include "xray/remote_sampler.h"

namespace spawn::otel {

// What the resource says of the service: its service.name, the origin that its cloud.platform has,
// and the ARN it runs as; "" for what it does not say.
struct SampledService {
  xray::RemoteSampler::Service service;
  std::string arn;
};
SampledService sampled_service(const trace::Resource& resource);

struct RootRules {
  std::string arn;
  // Any thread may be in it.
  std::function<bool(const xray::SamplingRequest&, std::uint64_t randomness)> decide;

  // `randomness`: the 56 random bits of the root's trace id.
  [[nodiscard]] bool keeps(const opentelemetry::common::KeyValueIterable& attributes,
                           std::uint64_t randomness) const;
};

}  // namespace spawn::otel
