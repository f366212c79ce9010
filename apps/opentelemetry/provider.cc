// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/provider.h"

#include <errno.h>
#include <opentelemetry/context/propagation/global_propagator.h>

#include <atomic>
#include <string_view>
#include <utility>

#include "apps/opentelemetry/engine.h"
#include "apps/opentelemetry/rules.h"
#include "otel/environment_carrier.h"
#include "otel/ids.h"
#include "otel/propagators.h"
#include "otel/settings.h"
#include "otelconfig/configuration.h"
#include "spawn/opentelemetry.h"
#include "telemetry/resource_detectors.h"
#include "trace/attributes.h"

namespace spawn {
namespace {

namespace nostd = opentelemetry::nostd;

class Provider final : public TracerProvider {
 public:
  explicit Provider(otel::Engine engine)
      : telemetry_(engine.telemetry), tracers_(std::move(engine)) {}
  ~Provider() override { Provider::Shutdown(std::chrono::milliseconds(250)); }
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  nostd::shared_ptr<opentelemetry::trace::Tracer> GetTracer(
      nostd::string_view name, nostd::string_view version,
      nostd::string_view schema_url) noexcept override {
    return tracers_.GetTracer(name, version, schema_url);
  }
  bool ForceFlush(std::chrono::microseconds timeout) noexcept override {
    return telemetry_->flush(otel::deadline_in(apps::seams().clock, timeout));
  }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override {
    if (shut_down_.exchange(true)) return true;
    telemetry_->shutdown(otel::deadline_in(apps::seams().clock, timeout));
    return apps::report(telemetry_->stats());
  }

 private:
  std::shared_ptr<telemetry::Telemetry> telemetry_;
  otel::TracerProvider tracers_;
  std::atomic<bool> shut_down_{false};
};

// A file that is wrong is as good as one that wants nothing, rather than something else than was
// meant. `without`: what there is not, then.
otelconfig::Configuration configuration(std::string_view without) {
  std::vector<std::string> notes;
  auto read = otelconfig::read_configuration(apps::seams().env, notes);
  for (const std::string& note : notes) apps::warn(note);
  if (read) return std::move(*read);
  apps::warn(std::string(without) + ": " + read.error().message);
  otelconfig::Configuration off;
  off.disabled = {true, "OTEL_CONFIG_FILE"};
  off.propagators = {{}, "OTEL_CONFIG_FILE"};
  return off;
}

otel::Settings settings_of(const otelconfig::Configuration& said,
                           const TracerProviderOptions& options) {
  otel::Settings settings = otel::settings_from(said, program_invocation_short_name);
  if (!options.service_name.empty()) {
    settings.resource.set(trace::key::kServiceName, options.service_name);
  }
  // By the file's schema nothing is detected that it does not list.
  telemetry::describe(telemetry::read_system_facts(apps::seams().rng),
                      said.from_file ? said.detection.value_or(telemetry::Detection())
                                     : telemetry::Detection::of_system(),
                      settings.resource);
  if (options.sampling_rate) {
    const auto rate = trace::Rate::from(*options.sampling_rate);
    if (!rate) apps::warn("TracerProviderOptions::sampling_rate is not from 0 to 1");
    settings.rate = rate.value_or(trace::Rate::always());
    settings.remote = false;
    settings.parents = {};
  }
  return settings;
}

std::unique_ptr<otel::propagation::TextMapPropagator> propagator(
    const otelconfig::Configuration& said) {
  std::vector<std::string> notes;
  auto propagator = otel::propagator_from(said.propagators, notes);
  for (const std::string& note : notes) apps::warn(note);
  return propagator;
}

}  // namespace

std::shared_ptr<TracerProvider> install_tracer_provider(const TracerProviderOptions& options) {
  const otelconfig::Configuration said =
      configuration("no span is recorded, and no context passed on");
  otel::Settings settings = settings_of(said, options);
  auto telemetry =
      settings.disabled
          ? std::make_shared<telemetry::Telemetry>(std::vector<telemetry::NamedSink>(),
                                                   settings.rate, std::move(settings.resource),
                                                   apps::seams().clock, apps::seams().rng)
          : apps::engine_for(said, options.xray, settings.rate, std::move(settings.resource));
  std::optional<otel::RootRules> rules;
  if (settings.remote && telemetry->tracer().enabled()) {
    rules = apps::root_rules(telemetry->resource(), apps::xray_url(said, options.xray));
  }
  auto provider = std::make_shared<Provider>(
      otel::Engine{std::move(telemetry), settings.parents, settings.limits, std::move(rules)});
  otel::install(provider);
  opentelemetry::context::propagation::GlobalTextMapPropagator::SetGlobalPropagator(
      nostd::shared_ptr<otel::propagation::TextMapPropagator>(propagator(said)));
  return provider;
}

std::unique_ptr<otel::propagation::TextMapPropagator> propagator_from_environment() {
  return propagator(configuration("no context is passed on"));
}

std::unique_ptr<otel::propagation::TextMapPropagator> xray_propagator() {
  return std::make_unique<otel::XRayPropagator>();
}

std::unique_ptr<otel::propagation::TextMapCarrier> environment_carrier() {
  return std::make_unique<otel::EnvironmentCarrier>(apps::seams().env);
}

}  // namespace spawn
