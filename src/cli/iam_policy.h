// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn iam policy`: what to allow, for a person or for an instance. Asks nobody.
#pragma once

#include <string>

#include "cli/parts.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct PolicyOptions {
  std::string who = "person";
  std::string account = "*";
  std::string region = "*";
  std::string iam_role;
  std::string queue;
  std::string results;
  std::string on_complete;
  bool trace = false;
};
void add_policy_options(CLI::App& command, PolicyOptions& options);

// The exit status.
int iam_policy_command(const PolicyOptions& options, const Parts& parts);

}  // namespace spawn::cli
