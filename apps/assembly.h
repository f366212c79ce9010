// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Both programs' object graph: the one place that names the real clock, randomness, environment and
// network. Everything else is handed what it needs.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "apps/remote_sampling.h"
#include "cli/parts.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/rng.h"
#include "otlp/format.h"
#include "trace/jsonl.h"
#include "xray/format.h"

namespace spawn::apps {

class Assembly {
 public:
  explicit Assembly(std::string program);  // "spawn" or "spored"
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  // Refers to this object.
  [[nodiscard]] cli::Parts parts();

  // Before the program ends: X-Ray is told what its sampling rules did, which takes 250 ms at most;
  // nothing where they decided nothing.
  void report_sampling();

 private:
  trace::Sampling sampling(const config::Settings& settings);

  std::string program_;
  std::set<std::string> told_;  // of the environment; an agent makes sinks more than once
  core::SystemEnv env_;
  core::SystemClock clock_;
  core::SystemRng rng_;
  std::map<std::string, std::unique_ptr<RemoteSampling>> remote_sampling_;  // by address
  otlp::RequestLines otlp_;
  trace::JsonLinesFormat jsonl_;
  xray::DocumentLines xray_;
};

}  // namespace spawn::apps
