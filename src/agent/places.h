// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the agent keeps its socket, the output of its jobs and its state: systemd's
// RUNTIME_DIRECTORY, LOGS_DIRECTORY and STATE_DIRECTORY when it started us; else, for a person's
// own agent, below XDG_RUNTIME_DIR and XDG_STATE_HOME; else /run, /var/log and /var/lib. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/env.h"
#include "core/result.h"

namespace spawn::agent {

struct Places {
  std::string runtime;  // control.sock
  std::string jobs;     // NAME-stdout.log, NAME-stderr.log
  std::string state;    // what outlives a restart
};
// `instance_id` keeps agents apart that share a state folder.
Places places_for(const core::Env& env, const std::string& instance_id);

std::string control_socket(const std::string& runtime);
// Where a program of this machine may find the agent, the likeliest first.
std::vector<std::string> control_sockets(const core::Env& env);

}  // namespace spawn::agent
