// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spored flush`: its options, and what it says when it is done.
#pragma once

#include <string>

#include "cli/parts.h"
#include "cli/run_command.h"

namespace spawn::cli {

struct FlushOptions {
  RunOptions settings;
  double timeout_s = 30;
  std::string output = "text";
};
void add_flush_options(CLI::App& flush, FlushOptions& options);

// Ends with 1 when something was lost or is kept still.
agent::ExitStatus flush_command(const FlushOptions& options, const RunStyle& style,
                                const Parts& parts);

}  // namespace spawn::cli
