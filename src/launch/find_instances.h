// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which instances a person means: by id, by name, by job array, by tag and state. Only those that
// spawn launched are ever found, so no command here can touch another one.
#pragma once

#include <string>
#include <vector>

#include "aws/services/ec2.h"
#include "aws/session.h"
#include "launch/tags.h"

namespace spawn::launch {

struct Wanted {
  std::vector<std::string> names;   // ids or names; one of them that is not there is an error
  std::string launch_id;            // of the job array, or of a single launch
  std::string job_array_name;       // of every launch of that name
  std::vector<std::string> states;  // none: all but terminated ones
  Tags tags;
};

// By launch and index. Code::not_found names what is not there.
core::Result<std::vector<aws::ec2::Instance>> find_instances(aws::Session& session,
                                                             telemetry::Tracer& tracer,
                                                             const Wanted& wanted,
                                                             core::Deadline deadline);

}  // namespace spawn::launch
