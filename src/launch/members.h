// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The members of a launch as its registry and EC2 know them, and which of them need a person's eye:
// lost ones, whose agent fell silent, and stragglers, which still run when most others are long
// done. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aws/services/ec2.h"
#include "handoff/registry.h"

namespace spawn::launch {

struct Member {
  std::string instance_id;
  std::optional<std::int64_t> index;
  std::string provider;
  std::string
      state;  // "running", "completed", "lost", "straggler", …; EC2's when no agent is known
  std::optional<std::int64_t> exit_code;
  std::int64_t heartbeat_age_s = -1;  // -1: none yet
  std::string trace_id;               // "" when it is not traced
  std::string region;
  std::string ip_address;
};

// By index, then by id. `instances` are those that EC2 knows of this launch; one without a row has
// no agent yet.
std::vector<Member> members_of(const std::vector<handoff::Row>& rows,
                               const std::vector<aws::ec2::Instance>& instances,
                               std::int64_t now_s);

// "198 completed, 1 failed, 1 lost".
std::string summary(const std::vector<Member>& members);

// Nothing more will come of it.
bool has_ended(const Member& member);

}  // namespace spawn::launch
