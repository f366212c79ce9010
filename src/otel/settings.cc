// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/settings.h"

#include <fmt/format.h>

#include "core/version.h"
#include "trace/attributes.h"

namespace spawn::otel {
namespace {

namespace key = trace::key;

trace::Resource resource_of(const otelconfig::Configuration& configuration,
                            std::string_view program) {
  trace::Resource resource;
  resource.set(key::kServiceName, fmt::format("unknown_service:{}", program));
  resource.set(key::kSdkName, std::string("spawn"));
  resource.set(key::kSdkLanguage, std::string("cpp"));
  resource.set(key::kSdkVersion, std::string(core::version()));
  for (const auto& [name, value] : configuration.resource) resource.set(name, value);
  return resource;
}

}  // namespace

Settings settings_from(const otelconfig::Configuration& configuration, std::string_view program) {
  Settings settings;
  settings.disabled = configuration.disabled && configuration.disabled->value;
  settings.resource = resource_of(configuration, program);
  settings.limits = configuration.limits;
  if (const auto& sampler = configuration.sampler) {
    settings.rate = sampler->value.root;
    settings.remote = sampler->value.remote;
    settings.parents = sampler->value.parents;
  }
  return settings;
}

}  // namespace spawn::otel
