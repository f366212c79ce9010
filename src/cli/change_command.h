// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn terminate`, `stop`, `start` and `extend`: what shall become of instances. Members on this
// machine are processes: both terminate and stop end them, and there is nothing to start again.
#pragma once

#include "cli/instance_command.h"

namespace spawn::cli {

enum class Change { terminate, stop, start, extend };
void add_change_options(CLI::App& command, Change change, InstanceOptions& options);

// The exit status.
int change_command(Change change, const InstanceOptions& options, const Parts& parts);

}  // namespace spawn::cli
