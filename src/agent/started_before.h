// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What an agent has to know about its earlier selves on the same instance: when the first of them
// started, and whether the command was started already, since it is run once however often the
// agent is (a crash, an update, a reboot). Kept in the state folder.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.h"

namespace spawn::agent {

struct StartedBefore {
  std::string launch_id;           // of another launch it says nothing about us
  std::int64_t first_start_s = 0;  // wall clock
  std::int64_t job_pid = 0;        // 0: no command was started
};

// Nothing when there is none, or it cannot be understood.
std::optional<StartedBefore> read_started_before(const std::string& state_folder,
                                                 const std::string& launch_id);
core::Status write_started_before(const std::string& state_folder, const StartedBefore& what);

}  // namespace spawn::agent
