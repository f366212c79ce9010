// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spored` alone: the agent, until it is done.
#pragma once

#include <optional>
#include <string>

#include "agent/agent.h"
#include "cli/parts.h"

namespace CLI {
class App;
}

namespace spawn::cli {

// /etc/spawn/local.yaml, SPAWN_CONFIG, or --config.
config::Sources agent_sources(const std::optional<std::string>& config, const core::Env& env);
// Refers to `parts` and `client`.
agent::AgentParts agent_parts(const Parts& parts, http::Client& client);

int agent_command(const std::optional<std::string>& config, const Parts& parts);

}  // namespace spawn::cli
