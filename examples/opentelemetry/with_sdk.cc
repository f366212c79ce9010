// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The program on OpenTelemetry's own SDK, with spawn's exporter, ids and sampler: of all its
// traces, or, with the argument "rules", of those that the account's sampling rules in X-Ray want.
#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/provider.h>
#include <spawn/opentelemetry_sdk.h>

#include <cstring>
#include <utility>

#include "shop.h"

namespace {
namespace nostd = opentelemetry::nostd;
namespace propagation = opentelemetry::context::propagation;
namespace sdk = opentelemetry::sdk;
}  // namespace

int main(int argc, char** argv) {
  const auto resource = sdk::resource::Resource::Create({});
  auto sampler = spawn::probability_sampler(1.0);
  if (argc > 1 && std::strcmp(argv[1], "rules") == 0) {
    sampler = spawn::remote_sampler(resource);
  }
  const auto provider = std::make_shared<sdk::trace::TracerProvider>(
      sdk::trace::BatchSpanProcessorFactory::Create(spawn::xray_exporter(), {}), resource,
      std::move(sampler), spawn::xray_id_generator());
  opentelemetry::trace::Provider::SetTracerProvider(
      nostd::shared_ptr<opentelemetry::trace::TracerProvider>(
          std::shared_ptr<opentelemetry::trace::TracerProvider>(provider)));
  propagation::GlobalTextMapPropagator::SetGlobalPropagator(
      nostd::shared_ptr<propagation::TextMapPropagator>(spawn::propagator_from_environment()));
  int status = 0;
  {
    // The trace that this process was started in, if any.
    opentelemetry::context::Context none;
    const auto token = opentelemetry::context::RuntimeContext::Attach(
        spawn::propagator_from_environment()->Extract(*spawn::environment_carrier(), none));
    status = shop();
  }
  provider->Shutdown(std::chrono::seconds(2));
  return status;
}
