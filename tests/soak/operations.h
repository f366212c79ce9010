// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the soak does again and again: an operation or two of every service, with the results thrown
// away; what matters is what is left behind.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "aws/caller.h"
#include "telemetry/tracer.h"

namespace spawn::soak {

struct Worker {
  aws::Caller& caller;
  telemetry::Tracer& tracer;
  std::atomic<std::uint64_t>& made;  // spans, beside those of the caller's calls
};

struct Operation {
  const char* service;  // whose faults hit it: the signing name
  void (*run)(Worker& worker);
};
std::span<const Operation> operations();

// The table, bucket and queue that they use.
void prepare(Worker& worker);

}  // namespace spawn::soak
