// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace run -- CMD…` and `spored run -- CMD…`: one implementation. Takes the context from
// TRACEPARENT (or _X_AMZN_TRACE_ID), starts the root span, hands the context and the address of the
// intake to the child, collects its AWS calls and its programs' spans, and ends with the child's
// own status. The workload always matters more than its trace: nothing that goes wrong with tracing
// changes what the child does or how it ends, and the end is delayed by at most 250 ms. When
// nothing is to be recorded, there is nothing to wait for: this process becomes the command.
#pragma once

#include <cstdint>
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
#include "trace/ids.h"
#include "trace/sampling.h"
#include "trace/sink.h"

namespace spawn::agent {

struct RunRequest {
  std::string program;  // "spawn" or "spored": prefix of notes, default service.name
  std::vector<std::string> command;
  std::string name;  // of the root span; "": the command's file name
  // Gets every span too, whatever the exporters are. May be null.
  std::unique_ptr<trace::SpanSink> copy_to;
};

// Makes the sinks that the settings name. Called when the child runs already; must not wait for
// anybody, since signals are not passed on meanwhile.
using MakeSinks =
    std::function<core::Result<std::vector<telemetry::NamedSink>>(const config::Settings&)>;

// Who decides about roots, by the settings; what it refers to lives as long as the program.
using MakeSampling = std::function<trace::Sampling(const config::Settings&)>;
// Where nobody can be asked: the rate.
trace::Sampling fixed_sampling(const config::Settings& settings);

// What a run needs from outside; apps/ gives the real ones.
struct RunParts {
  const core::Env& env;
  core::Clock& clock;
  core::Rng& rng;
  MakeSinks make_sinks;
  // One line to the person, on stderr: "spawn: 3 of 12 spans …".
  std::function<void(const std::string&)> note;
  MakeSampling sampling = fixed_sampling;
};

struct RunResult {
  ExitStatus status;
  trace::TraceId trace_id;
  std::uint64_t not_delivered = 0;  // spans that at least one exporter did not get
  bool exported = false;            // false: there was no exporter to be had, and a note said why
};

// Returns only when spans were recorded. Code::not_found → exit 127, Code::permission_denied → exit
// 126: the command could not be started. After it, leave by exit_like(): an exporter that hangs
// keeps its thread.
core::Result<RunResult> run(RunRequest request, const config::Settings& settings,
                            const RunParts& parts);

}  // namespace spawn::agent
