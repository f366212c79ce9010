// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn list`: the instances that spawn launched, as EC2 knows them.
#pragma once

#include "cli/instance_command.h"

namespace spawn::cli {

void add_list_options(CLI::App& command, InstanceOptions& options);

// The exit status.
int list_command(const InstanceOptions& options, const Parts& parts);

}  // namespace spawn::cli
