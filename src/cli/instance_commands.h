// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn list`, `status`, `terminate`, `stop`, `start` and `extend`: what was launched, how it is,
// and what shall become of it. Found by id, name or job array; only what spawn launched.
#pragma once

#include <string>
#include <vector>

#include "cli/account.h"
#include "cli/parts.h"
#include "cli/table.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct InstanceOptions {
  AccountOptions account;
  OutputOptions output;
  std::vector<std::string> targets;  // ids, names, or launch ids
  std::string job_array_id;
  std::string job_array_name;
  std::vector<std::string> states;
  std::vector<std::string> tags;
  bool yes = false;
  bool hibernate = false;
  std::string ttl;
};

void add_list_options(CLI::App& command, InstanceOptions& options);
void add_status_options(CLI::App& command, InstanceOptions& options);
enum class Change { terminate, stop, start, extend };
void add_change_options(CLI::App& command, Change change, InstanceOptions& options);

// The exit status.
int list_command(const InstanceOptions& options, const Parts& parts);
int status_command(const InstanceOptions& options, const Parts& parts);
int change_command(Change change, const InstanceOptions& options, const Parts& parts);

}  // namespace spawn::cli
