// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn queue submit`: work onto an SQS queue, each message with the trace context that it was
// sent in, so that whoever works it off joins the trace. What was refused is named, line by line.
#pragma once

#include <string>

#include "cli/account.h"
#include "cli/parts.h"
#include "cli/table.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct SubmitOptions {
  std::string queue;  // its name or URL
  std::string file;   // one job a line; "-" for standard input
  std::string body;   // or this one job
  std::string group_id;
  AccountOptions account;
  OutputOptions output;
};
void add_submit_options(CLI::App& command, SubmitOptions& options);

// The exit status.
int queue_submit(const SubmitOptions& options, const Parts& parts);

}  // namespace spawn::cli
