// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn status`: how instances, or all members of a job array, are, as the registry and EC2 know
// it, EC2's and this machine's alike.
#pragma once

#include "cli/instance_command.h"

namespace spawn::cli {

void add_status_options(CLI::App& command, InstanceOptions& options);

// The exit status.
int status_command(const InstanceOptions& options, const Parts& parts);

}  // namespace spawn::cli
