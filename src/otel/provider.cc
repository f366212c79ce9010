// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/provider.h"

#include <opentelemetry/trace/provider.h>

#include "otel/ids.h"
#include "otel/runtime_context.h"

namespace spawn::otel {

namespace {
namespace nostd = opentelemetry::nostd;
}  // namespace

nostd::shared_ptr<api::Tracer> TracerProvider::GetTracer(nostd::string_view name,
                                                         nostd::string_view version,
                                                         nostd::string_view) noexcept {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Tracer>& tracer =
      tracers_[{std::string(from_api(name)), std::string(from_api(version))}];
  if (tracer == nullptr) {
    tracer = std::make_shared<Tracer>(engine_, std::string(from_api(name)),
                                      std::string(from_api(version)));
  }
  return nostd::shared_ptr<api::Tracer>(std::shared_ptr<api::Tracer>(tracer));
}

void install(std::shared_ptr<api::TracerProvider> provider) {
  opentelemetry::context::RuntimeContext::SetRuntimeContextStorage(
      nostd::shared_ptr<opentelemetry::context::RuntimeContextStorage>(
          new RuntimeContextStorage()));
  api::Provider::SetTracerProvider(nostd::shared_ptr<api::TracerProvider>(std::move(provider)));
}

}  // namespace spawn::otel
