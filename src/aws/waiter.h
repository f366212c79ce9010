// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks AWS again and again until something has come about, as the waiters of the SDKs do: one
// INTERNAL span "wait EC2.InstanceRunning" around the calls, with the number of polls. Sleeps on
// the tracer's Clock, and never beyond the deadline.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "telemetry/tracer.h"

namespace spawn::aws {

struct Waiter {
  std::string_view name;  // "EC2.InstanceRunning"
  core::Nanos delay;      // between two polls
  int max_polls;
};

struct Poll {
  bool done = false;
  std::string state;  // what was seen, for the error when it does not come about
};

// An error of `poll` ends the waiting; Code::timeout when the polls or the deadline ran out.
core::Status wait_until(telemetry::Tracer& tracer, const Waiter& waiter, core::Deadline deadline,
                        const std::function<core::Result<Poll>()>& poll);

}  // namespace spawn::aws
