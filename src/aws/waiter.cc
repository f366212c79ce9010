// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/waiter.h"

#include <fmt/format.h>

#include "trace/attributes.h"

namespace spawn::aws {
namespace {

core::Status ask_until(core::Clock& clock, const Waiter& waiter, core::Deadline deadline,
                       const std::function<core::Result<Poll>()>& poll, int& polls) {
  for (polls = 1;; ++polls) {
    auto seen = poll();
    if (!seen) return core::fail(std::move(seen.error()));
    if (seen->done) return core::ok();
    if (polls >= waiter.max_polls || deadline.remaining(clock) <= waiter.delay) {
      return core::fail(core::Code::timeout,
                        fmt::format("{}: not after {} {}; {}", waiter.name, polls,
                                    polls == 1 ? "poll" : "polls", seen->state));
    }
    clock.sleep_for(waiter.delay);
  }
}

}  // namespace

core::Status wait_until(telemetry::Tracer& tracer, const Waiter& waiter, core::Deadline deadline,
                        const std::function<core::Result<Poll>()>& poll) {
  telemetry::Span span = tracer.start("wait " + std::string(waiter.name));
  const telemetry::Scope scope(span.context());
  int polls = 0;
  core::Status status = ask_until(tracer.clock(), waiter, deadline, poll, polls);
  span.set(trace::key::kAwsPolls, polls);
  if (!status) span.set_error(status.error().message);
  return status;
}

}  // namespace spawn::aws
