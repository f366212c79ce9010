// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The agent as a process: one thread that sleeps until a timer is due, a signal comes, the command
// ends or somebody asks (control.h), and then lets the Agent take its step. SIGTERM and SIGINT end
// it, SIGHUP reloads; systemd is told what it wants to know. Every way out flushes.
#pragma once

#include "agent/agent.h"

namespace spawn::agent {

// Until the agent is done. The error is of settings that make no sense, or of the control socket.
core::Status run_daemon(config::Sources sources, const AgentParts& parts);

}  // namespace spawn::agent
