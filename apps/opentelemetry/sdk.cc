// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "apps/opentelemetry/engine.h"
#include "apps/opentelemetry/rules.h"
#include "otel/recordable.h"
#include "otel/remote_sampler.h"
#include "otel/sampler.h"
#include "otel/span_exporter.h"
#include "spawn/opentelemetry_sdk.h"

namespace spawn {

namespace sdk = opentelemetry::sdk::trace;

std::unique_ptr<sdk::SpanExporter> xray_exporter(const XRayOptions& options) {
  return std::make_unique<otel::SpanExporter>(
      apps::xray_engine(options), [](const telemetry::Stats& stats) { apps::report(stats); });
}

std::unique_ptr<sdk::IdGenerator> xray_id_generator() {
  return std::make_unique<otel::XRayIdGenerator>(apps::seams().clock, apps::seams().rng);
}

std::unique_ptr<sdk::Sampler> probability_sampler(double rate) {
  const auto valid = trace::Rate::from(rate);
  if (!valid) apps::warn("probability_sampler: the rate is not from 0 to 1; every trace is kept");
  return std::make_unique<otel::ProbabilitySampler>(valid.value_or(trace::Rate::always()));
}

std::unique_ptr<sdk::Sampler> remote_sampler(const opentelemetry::sdk::resource::Resource& resource,
                                             const std::string& endpoint) {
  return std::make_unique<otel::RemoteSampler>(
      apps::root_rules(otel::resource_from(resource), endpoint));
}

}  // namespace spawn
