// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who decides about traces that begin here: a fixed rate (rate.h), or somebody who is asked, which
// is X-Ray's sampling rules. Decided once a trace; every process that comes later obeys the flag.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trace/rate.h"
#include "trace/span_record.h"

namespace spawn::trace {

class RootSampler {
 public:
  RootSampler() = default;
  RootSampler(const RootSampler&) = delete;
  RootSampler& operator=(const RootSampler&) = delete;
  virtual ~RootSampler() = default;

  // `randomness`: the 56 random bits that the trace id has. Any thread; never waits for a network.
  virtual bool keeps(std::string_view name, SpanKind kind, std::uint64_t randomness) = 0;
  // What it decides by now, for people, one line.
  [[nodiscard]] virtual std::string state() const = 0;
};

class Sampling {
 public:
  Sampling(Rate rate) : rate_(rate) {}  // NOLINT(google-explicit-constructor): a rate is one
  // It must outlive every copy of this.
  explicit Sampling(RootSampler& asked) : rate_(Rate::always()), asked_(&asked) {}

  [[nodiscard]] bool keeps(std::string_view name, SpanKind kind, std::uint64_t randomness) const {
    return asked_ != nullptr ? asked_->keeps(name, kind, randomness) : rate_.keeps(randomness);
  }
  // What is not even worth asking about.
  [[nodiscard]] Rate rate() const { return rate_; }
  // Null for a fixed rate.
  [[nodiscard]] RootSampler* asked() const { return asked_; }
  // Of a kept trace, for its tracestate; "" where the probability is not known.
  [[nodiscard]] std::string tracestate() const {
    const std::string value = asked_ != nullptr ? std::string() : rate_.tracestate_value();
    return value.empty() ? value : "ot=" + value;
  }

 private:
  Rate rate_;
  RootSampler* asked_ = nullptr;
};

}  // namespace spawn::trace
