// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/configuration.h"

#include "core/file.h"
#include "core/text.h"
#include "otelconfig/environment.h"
#include "otelconfig/file.h"
#include "otelconfig/yaml.h"

namespace spawn::otelconfig {

core::Result<Configuration> read_configuration(const core::Env& env,
                                               std::vector<std::string>& notes) {
  constexpr std::string_view kName = "OTEL_CONFIG_FILE";
  const auto path = env.get_non_empty(kName);
  if (!path) return read_environment(env, notes);
  if (!path->ends_with(".yaml") && !path->ends_with(".yml")) {
    return core::fail(core::Code::invalid_argument,
                      std::string(kName) + ": '" + core::visible(core::utf8_prefix(*path, 200)) +
                          "' is no YAML file; expected a name that ends in .yaml or .yml");
  }
  auto text = core::read_file(*path, kMaxYamlBytes);
  if (!text) {
    core::Error error = std::move(text.error());
    if (error.code != core::Code::permission_denied) error.code = core::Code::invalid_argument;
    error.message = core::visible(error.message);
    return core::fail(std::move(error).while_(kName));
  }
  return read_file(*text, *path, env, notes);
}

}  // namespace spawn::otelconfig
