// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Waits until all of some instances are in a state: every 15 seconds, 40 times at most, as botocore
// does. Code::unavailable when one went a way that does not lead there.
#pragma once

#include <span>
#include <string>

#include "aws/services/ec2.h"
#include "telemetry/tracer.h"

namespace spawn::aws::ec2 {

core::Status wait_until_running(Caller& caller, telemetry::Tracer& tracer, const Endpoint& endpoint,
                                std::span<const std::string> ids, core::Deadline deadline);
core::Status wait_until_stopped(Caller& caller, telemetry::Tracer& tracer, const Endpoint& endpoint,
                                std::span<const std::string> ids, core::Deadline deadline);
core::Status wait_until_terminated(Caller& caller, telemetry::Tracer& tracer,
                                   const Endpoint& endpoint, std::span<const std::string> ids,
                                   core::Deadline deadline);

}  // namespace spawn::aws::ec2
