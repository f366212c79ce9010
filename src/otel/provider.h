// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's TracerProvider over our engine: what `opentelemetry::trace::Provider` hands to
// instrumented code. Any thread.
#pragma once

#include <opentelemetry/trace/tracer_provider.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "otel/tracer.h"

namespace spawn::otel {

class TracerProvider final : public opentelemetry::trace::TracerProvider {
 public:
  explicit TracerProvider(Engine engine) : engine_(std::move(engine)) {}

  // The same one for the same name and version. It keeps the engine alive.
  opentelemetry::nostd::shared_ptr<opentelemetry::trace::Tracer> GetTracer(
      opentelemetry::nostd::string_view name, opentelemetry::nostd::string_view version,
      opentelemetry::nostd::string_view schema_url) noexcept override;

 private:
  Engine engine_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Tracer>> tracers_;
};

// Makes it what the process's OpenTelemetry API uses, and our contexts with it. Before any span.
void install(std::shared_ptr<opentelemetry::trace::TracerProvider> provider);

}  // namespace spawn::otel
