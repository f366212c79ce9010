// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/child_variables.h"

#include <algorithm>

#include "core/text.h"

namespace spawn::intake {
namespace {

using Inherited = std::function<std::string(std::string_view name)>;

constexpr std::string_view kLoopback = "127.0.0.1";
constexpr std::string_view kDaemonAddress = "AWS_XRAY_DAEMON_ADDRESS";
constexpr std::string_view kEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
constexpr std::string_view kProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

// An outer run has one port for everything, and always sets the one of CSM.
std::string outer_address(const Inherited& inherited) {
  const std::string port = inherited("AWS_CSM_PORT");
  return port.empty() ? "" : std::string(kLoopback) + ":" + port;
}

bool exports_otlp(std::string_view exporters) {
  const auto names = core::split(exporters, ',');
  return exporters.empty() || std::ranges::any_of(names, [](std::string_view name) {
           return core::iequals(core::trim(name), "otlp");
         });
}

// The program's traces go somewhere already, or nowhere, or by a protocol that is not spoken here.
bool otlp_is_decided(const Inherited& inherited, const std::string& outer) {
  const std::string endpoint = inherited(kEndpoint);
  const bool is_outer =
      !outer.empty() && endpoint.starts_with("http://" + outer + std::string(kTokenPath));
  if (!endpoint.empty() && !is_outer) return true;
  for (const auto* name : {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_CONFIG_FILE",
                           "OTEL_EXPERIMENTAL_CONFIG_FILE"}) {
    if (!inherited(name).empty()) return true;
  }
  for (const auto* name : {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"}) {
    if (const std::string protocol = inherited(name); !protocol.empty()) {
      if (!core::to_lower(protocol).starts_with("http/")) return true;
      break;
    }
  }
  return core::iequals(inherited("OTEL_SDK_DISABLED"), "true") ||
         !exports_otlp(inherited("OTEL_TRACES_EXPORTER"));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> child_variables(std::uint16_t port,
                                                                 const std::string& token,
                                                                 const Inherited& inherited) {
  const std::string number = std::to_string(port);
  const std::string address = std::string(kLoopback) + ":" + number;
  const std::string outer = outer_address(inherited);
  std::vector<std::pair<std::string, std::string>> variables = {
      {"AWS_CSM_ENABLED", "true"},
      {"AWS_CSM_HOST", std::string(kLoopback)},
      {"AWS_CSM_PORT", number},
      {"AWS_CSM_CLIENT_ID", token}};
  const auto set_if_absent = [&](std::string_view name, const std::string& value) {
    if (inherited(name).empty()) variables.emplace_back(name, value);
  };
  if (const std::string daemon = inherited(kDaemonAddress); daemon.empty() || daemon == outer) {
    variables.emplace_back(kDaemonAddress, address);
  }
  if (otlp_is_decided(inherited, outer)) return variables;
  variables.emplace_back(kEndpoint, "http://" + address + std::string(kTokenPath) + token);
  set_if_absent(kProtocol, "http/protobuf");
  // Metrics and logs go where they would have gone: only traces are taken here.
  set_if_absent("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://localhost:4318/v1/metrics");
  set_if_absent("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://localhost:4318/v1/logs");
  return variables;
}

}  // namespace spawn::intake
