// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/agent_command.h"

#include <fmt/format.h>

#include <utility>

#include "agent/daemon.h"
#include "core/file.h"

namespace spawn::cli {

config::Sources agent_sources(const std::optional<std::string>& config, const core::Env& env) {
  config::Sources sources;
  auto named = config;
  if (!named) named = env.get_non_empty("SPAWN_CONFIG");
  if (named) {
    sources.file = *named;
    sources.file_required = true;
  }
  return sources;
}

agent::AgentParts agent_parts(const Parts& parts, http::Client& client) {
  return {parts.env,
          parts.clock,
          parts.rng,
          client,
          parts.make_sinks,
          [&parts](agent::JobRequest request) {
            return agent::start_process(std::move(request), parts.clock);
          },
          [] {
            const auto text = core::read_file("/proc/stat");
            return text ? agent::parse_cpu_ticks(*text) : std::nullopt;
          },
          [&parts](const std::string& text) {
            parts.err << fmt::format("spored: {}\n", text) << std::flush;
          },
          parts.on_instance,
          parts.sampling};
}

int agent_command(const std::optional<std::string>& config, const Parts& parts) {
  const auto client = parts.make_client();
  config::Sources sources = agent_sources(config, parts.env);
  sources.rather_untraced = true;
  const auto done = agent::run_daemon(std::move(sources), agent_parts(parts, *client));
  if (done) return 0;
  parts.err << fmt::format("spored: {}\n", done.error().message);
  return core::exit_status(done.error().code);
}

}  // namespace spawn::cli
