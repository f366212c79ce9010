// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The file by which a script says that its work is done, without knowing the agent:
// /tmp/SPAWN_COMPLETE. Empty means success; else its first line is the status, the rest a message.
// `spored complete` writes it where no agent answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace spawn::agent {

struct Completion {
  bool success = true;
  std::string message;
};
// "success", "failed", "partial" (something was done: no success). Code::invalid_argument.
core::Result<bool> parse_completion_status(std::string_view text);

// Which file this is, and as of when; "" when there is none. Differs when it was written anew.
std::string stamp_of(const std::string& path);
// Nothing when it cannot be read. What it says wrongly counts as failure.
std::optional<Completion> read_completion(const std::string& path);
std::string completion_text(std::string_view status, std::string_view message);

}  // namespace spawn::agent
