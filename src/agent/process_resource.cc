// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/process_resource.h"

#include "core/version.h"
#include "trace/attributes.h"

namespace spawn::agent {

namespace key = trace::key;

telemetry::Detection detection(const config::Settings& settings) {
  return settings.otel.detection.value_or(telemetry::Detection::of_everything());
}

trace::Resource process_resource(const std::string& program, const config::Settings& settings,
                                 core::Rng& rng) {
  trace::Resource resource;
  resource.set(key::kServiceName, program);
  resource.set(key::kServiceVersion, std::string(core::version()));
  resource.set(key::kSdkName, std::string("spawn"));
  resource.set(key::kSdkLanguage, std::string("cpp"));
  resource.set(key::kSdkVersion, std::string(core::version()));
  telemetry::describe(telemetry::read_system_facts(rng), detection(settings), resource);
  for (const auto& [name, value] : settings.otel.resource) resource.set(name, value);
  return resource;
}

}  // namespace spawn::agent
