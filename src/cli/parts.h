// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the commands need from outside; apps/ gives the real ones, tests give fakes. Data goes to
// `out`, talk to `err`.
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "agent/run.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "http/client.h"
#include "trace/finding.h"
#include "trace/format.h"
#include "trace/source.h"
#include "view/summary.h"
#include "view/summary_source.h"

namespace spawn::cli {

// Where a trace is to be read from: X-Ray, with whatever of the rest was given, or a file.
struct SourceRequest {
  std::string from;  // "xray" or a path
  std::string endpoint;
  std::string region;
  std::string profile;
};
using MakeSource =
    std::function<core::Result<std::unique_ptr<trace::TraceSource>>(const SourceRequest&)>;

// Of X-Ray and of the store of this machine: a file keeps no summaries.
using MakeSummaries =
    std::function<core::Result<std::unique_ptr<view::SummarySource>>(const SourceRequest&)>;

// What X-Ray itself says about why traces do not show; `remote_sampling`: rules are asked for
// there.
using Diagnose = std::function<trace::Findings(const SourceRequest&, bool remote_sampling)>;

struct Parts {
  const core::Env& env;
  core::Clock& clock;
  core::Rng& rng;
  std::ostream& out;
  std::ostream& err;
  Terminal out_terminal;
  Terminal err_terminal;
  agent::MakeSinks make_sinks;
  MakeSource make_source;
  // A trace in short, as X-Ray would tell it.
  std::function<view::TraceSummary(const trace::Trace&)> summarize;
  std::istream& in;
  std::vector<const trace::SpanFormat*> formats;  // that `convert` knows
  // A connection of its own: to AWS and to the metadata service.
  std::function<std::unique_ptr<http::Client>()> make_client;
  bool on_instance = false;  // the firmware says that this is an EC2 instance
  bool in_is_terminal = false;
  std::string package_folder;  // where the agent's packages lie
  std::string spored;          // the agent, for this machine
  Diagnose diagnose;
  agent::MakeSampling sampling = agent::fixed_sampling;
  std::string spool{};                // folder of what could not be sent; "": nothing is kept
  MakeSummaries make_summaries = {};  // only the program `spawn` has it
  // A trace as a page that opens anywhere; only the program `spawn` has it.
  std::function<std::string(const trace::Trace&)> html = {};
};

}  // namespace spawn::cli
