// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2_waiters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aws/waiter.h"

namespace spawn::aws::ec2 {
namespace {

// The waiters of botocore's data/ec2/2016-11-15/waiters-2.json.
struct Goal {
  std::string_view waiter;
  std::string_view state;
  std::array<std::string_view, 3> dead_ends;
  bool may_be_unknown;  // EC2 does not know everywhere at once what it has just launched
};
constexpr Goal kRunning{
    "EC2.InstanceRunning", "running", {"shutting-down", "terminated", "stopping"}, true};
constexpr Goal kStopped{"EC2.InstanceStopped", "stopped", {"pending", "terminated"}, false};
constexpr Goal kTerminated{"EC2.InstanceTerminated", "terminated", {"pending", "stopping"}, false};

core::Result<Poll> judge(const Goal& goal, const std::vector<Instance>& instances) {
  for (const Instance& instance : instances) {
    if (std::ranges::find(goal.dead_ends, instance.state) == goal.dead_ends.end()) continue;
    const std::string reason =
        instance.state_reason.empty() ? "" : " (" + instance.state_reason + ")";
    return core::fail(core::Code::unavailable, fmt::format("{}: {} is {}{}", goal.waiter,
                                                           instance.id, instance.state, reason));
  }
  const auto not_there =
      std::ranges::find_if(instances, [&](const Instance& i) { return i.state != goal.state; });
  if (instances.empty()) return Poll{false, "no instance is there"};
  if (not_there == instances.end()) return Poll{true, {}};
  return Poll{false, fmt::format("{} is {}", not_there->id, not_there->state)};
}

core::Status wait_for(const Goal& goal, Caller& caller, telemetry::Tracer& tracer,
                      const Endpoint& endpoint, std::span<const std::string> ids,
                      core::Deadline deadline) {
  DescribeInstances request;
  request.ids.assign(ids.begin(), ids.end());
  const Waiter waiter{goal.waiter, std::chrono::seconds(15), 40};
  return wait_until(tracer, waiter, deadline, [&]() -> core::Result<Poll> {
    const auto page = describe_instances(caller, endpoint, request, deadline);
    if (page) return judge(goal, page->instances);
    if (goal.may_be_unknown && page.error().code == core::Code::not_found) {
      return Poll{false, "EC2 does not know all of them yet"};
    }
    return core::fail(page.error());
  });
}

}  // namespace

core::Status wait_until_running(Caller& caller, telemetry::Tracer& tracer, const Endpoint& endpoint,
                                std::span<const std::string> ids, core::Deadline deadline) {
  return wait_for(kRunning, caller, tracer, endpoint, ids, deadline);
}

core::Status wait_until_stopped(Caller& caller, telemetry::Tracer& tracer, const Endpoint& endpoint,
                                std::span<const std::string> ids, core::Deadline deadline) {
  return wait_for(kStopped, caller, tracer, endpoint, ids, deadline);
}

core::Status wait_until_terminated(Caller& caller, telemetry::Tracer& tracer,
                                   const Endpoint& endpoint, std::span<const std::string> ids,
                                   core::Deadline deadline) {
  return wait_for(kTerminated, caller, tracer, endpoint, ids, deadline);
}

}  // namespace spawn::aws::ec2
