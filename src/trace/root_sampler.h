// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who decides about traces that begin here, where that is not a fixed rate (trace/rate.h): X-Ray's
// sampling rules. Asked once a trace, by any thread; all that comes later obeys the flag.
#pragma once

#include <cstdint>
#include <string_view>

#include "trace/span_record.h"

namespace spawn::trace {

class RootSampler {
 public:
  RootSampler() = default;
  RootSampler(const RootSampler&) = delete;
  RootSampler& operator=(const RootSampler&) = delete;
  virtual ~RootSampler() = default;

  // `randomness`: the 56 random bits that the trace id will have.
  virtual bool keeps(std::string_view name, SpanKind kind, std::uint64_t randomness) = 0;
};

}  // namespace spawn::trace
