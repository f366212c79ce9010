// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spored run-queue QUEUE|s3://BUCKET/KEY|FILE`: the options, the real signals and the trace around
// agent::run_queue.
#pragma once

#include <optional>
#include <string>

#include "cli/parts.h"
#include "core/result.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct QueueOptions {
  std::string queue;
  std::string results;
  std::string on_complete;
  std::optional<std::string> config;
};
void add_queue_options(CLI::App& command, QueueOptions& options);

// The NAME of "lambda:NAME".
core::Result<std::string> function_of(const std::string& on_complete);

// The exit status: 0 when every job succeeded, 1 when one failed, 128 + signal when interrupted.
int queue_command(const QueueOptions& options, const Parts& parts);

}  // namespace spawn::cli
