// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What is said of settings that are accepted and change nothing in this version, so that nobody
// waits for what they promise. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace spawn::config {

// "metrics-port: accepted, but there is no metrics server in this version"; "" of a key that has an
// effect.
std::string remark_on(std::string_view key);

// Of those that somebody has given; none of defaults.
std::vector<std::string> remarks(const Settings& settings);

}  // namespace spawn::config
