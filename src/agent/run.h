// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace run -- CMD…` and `spored run -- CMD…`: one implementation. Takes the context from
// TRACEPARENT (or _X_AMZN_TRACE_ID), starts the root span, hands the context and the CSM variables to
// the child, collects its AWS calls, and ends with the child's own status. The workload always matters
// more than its trace: nothing that goes wrong with tracing changes what the child does or how it ends,
// and the end is delayed by at most 250 ms.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/child_process.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "telemetry/telemetry.h"
#include "trace/resource.h"

namespace spawn::agent {

struct RunRequest {
  std::string program;  // "spawn" or "spored": prefix of notes, default service.name
  std::vector<std::string> command;
  std::string name;  // of the root span; "": the command's file name
};

// What a run needs from outside; apps/ gives the real ones.
struct RunParts {
  const core::Env& env;
  core::Clock& clock;
  core::Rng& rng;
  // Makes the sinks that the settings name. Called in the parent, after the child was started.
  std::function<core::Result<std::vector<telemetry::NamedSink>>(const config::Settings&)> make_sinks;
  // One line to the person, on stderr: "spawn: note: …".
  std::function<void(const std::string&)> note;
};

struct RunResult {
  ExitStatus status;
  std::optional<trace::TraceId> trace_id;  // when it was sampled
  bool worker_ended = true;                // false: leave by _exit
};

// Code::not_found → exit 127, Code::permission_denied → exit 126: the command could not be started.
core::Result<RunResult> run(const RunRequest& request, const config::Settings& settings,
                            const RunParts& parts);

}  // namespace spawn::agent
