// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/environment_carrier.h"

#include "core/text.h"
#include "otel/ids.h"

namespace spawn::otel {

namespace {
constexpr std::string_view kXRay = "X_AMZN_TRACE_ID";
constexpr std::string_view kLambdaXRay = "_X_AMZN_TRACE_ID";
}  // namespace

EnvironmentCarrier::EnvironmentCarrier(const core::Env& env) {
  for (const std::string& entry : env.all()) {
    const auto at = entry.find('=');
    if (at != std::string::npos) variables_.emplace(entry.substr(0, at), entry.substr(at + 1));
  }
}

std::string EnvironmentCarrier::variable_name(std::string_view key) {
  if (key.empty()) return "_";
  std::string name = core::to_upper(key);
  for (char& c : name) {
    if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) c = '_';
  }
  return name[0] >= '0' && name[0] <= '9' ? "_" + name : name;
}

opentelemetry::nostd::string_view EnvironmentCarrier::Get(
    opentelemetry::nostd::string_view key) const noexcept {
  const std::string name = variable_name(from_api(key));
  auto found = variables_.find(name);
  if (found == variables_.end() && name == kXRay) found = variables_.find(std::string(kLambdaXRay));
  return found != variables_.end() ? to_api(found->second) : opentelemetry::nostd::string_view();
}

}  // namespace spawn::otel
