// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A command that the agent runs: in a process group of its own, without a terminal, its output in
// files, the signals as a fresh process has them. When it is traced, its calls to AWS and what its
// programs tell become spans (intake/intake.h). The agent looks after it with poll(); nothing here
// waits.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/child_process.h"
#include "agent/environment.h"
#include "core/result.h"
#include "telemetry/tracer.h"
#include "trace/context.h"

namespace spawn::agent {

struct JobRequest {
  std::vector<std::string> arguments;
  ChildEnvironment environment;
  std::string stdout_path;  // appended to; 0600
  std::string stderr_path;
  // Of the span that the job is. Its calls and spans are recorded when it is sampled.
  trace::SpanContext context;
  telemetry::Tracer* tracer = nullptr;
  // One line about what was lost of them. May be empty.
  std::function<void(const std::string&)> note{};
};

class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  [[nodiscard]] virtual pid_t pid() const = 0;
  // Once it has ended, how; every span that it sent is with the tracer then.
  virtual std::optional<ExitStatus> poll() = 0;
  // To all of its processes.
  virtual void signal(int number) = 0;
};

using StartJob = std::function<core::Result<std::unique_ptr<Job>>(JobRequest)>;

// The real one. Code::not_found, Code::permission_denied: the program; Code::io: the files.
core::Result<std::unique_ptr<Job>> start_process(JobRequest request, core::Clock& clock);

}  // namespace spawn::agent
