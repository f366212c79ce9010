// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Every tag that an instance is launched with: the person's, the settings, and what tells the
// instance which launch it belongs to. Pure.
#pragma once

#include <string>

#include "launch/options.h"
#include "telemetry/current.h"

namespace spawn::launch {

// `context` is the launch's, null when it is not traced.
Tags instance_tags(const Plan& plan, const std::string& launch_id,
                   const telemetry::ActiveContext* context);

// Whether they are as EC2 takes them, whatever the launch will be called and traced as.
core::Status check_instance_tags(const Plan& plan);

}  // namespace spawn::launch
