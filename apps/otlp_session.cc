// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/otlp_session.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "core/version.h"
#include "http/curl_client.h"
#include "otlp/sink.h"

namespace spawn::apps {
namespace {

// OtlpSink with its connection.
class OtlpClientSink final : public trace::SpanSink {
 public:
  OtlpClientSink(otlp::Target target, const core::Env& env, core::Clock& clock, core::Rng& rng)
      : client_(env), sink_(client_, std::move(target), clock, rng) {}

  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override {
    return sink_.write(batch, deadline);
  }

 private:
  http::CurlClient client_;
  otlp::OtlpSink sink_;
};

}  // namespace

core::Result<std::vector<otlp::Target>> otlp_targets(const otelconfig::Configuration& configuration,
                                                     const std::optional<core::Url>& base,
                                                     const core::Env& env,
                                                     std::vector<std::string>& notes) {
  std::vector<otlp::Target> targets;
  if (!configuration.from_file) {
    auto target = otlp::target_from(base, env, notes);
    if (!target) return core::fail(std::move(target.error()));
    targets.push_back(std::move(*target));
    return targets;
  }
  if (configuration.exporters) {
    for (const otelconfig::Exporter& exporter : configuration.exporters->value) {
      if (exporter.otlp) targets.push_back(*exporter.otlp);
    }
  }
  if (targets.empty()) targets.push_back({otlp::traces_url(base)});
  if (base) {
    targets.resize(1);
    targets.front().url = otlp::traces_url(base);
  }
  return targets;
}

std::string numbered(const std::string& name, const std::vector<telemetry::NamedSink>& before) {
  const auto alike = std::ranges::count_if(before, [&](const telemetry::NamedSink& one) {
    return one.name == name || one.name.starts_with(name + " ");
  });
  return alike == 0 ? name : name + " " + std::to_string(alike + 1);
}

telemetry::NamedSink otlp_sink(std::string name, otlp::Target target, telemetry::Keeping keeping,
                               const core::Env& env, core::Clock& clock, core::Rng& rng) {
  target.user_agent += std::string("/") + std::string(core::version());
  keeping.name = "otlp " + target.url.to_string();
  return {std::move(name), std::make_unique<OtlpClientSink>(std::move(target), env, clock, rng),
          std::move(keeping)};
}

}  // namespace spawn::apps
