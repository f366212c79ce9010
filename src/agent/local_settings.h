// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spored config`: settings shown, checked and written, by the agent or, where none runs, by the
// command itself.
#pragma once

#include <string>
#include <utility>

#include "agent/control.h"
#include "config/keys.h"
#include "config/settings.h"

namespace spawn::agent {

// {"key":…,"value":…,"source":…}, and an array of all of them.
Answer get_setting(const config::Settings& settings, const std::string& name);
core::Json list_settings(const config::Settings& settings);

// The key, and the value as it is to be written: a length of time where a point in time is meant
// ("+2h") becomes that point. Code::invalid_argument.
core::Result<std::pair<const config::Key*, std::string>> checked_setting(const std::string& name,
                                                                         const std::string& value,
                                                                         std::int64_t now_ns);

// Comments and order stay; the file, and its folder, are made where they are missing.
core::Status edit_settings_file(const std::string& path, const config::Key& key,
                                const std::string& value);

}  // namespace spawn::agent
