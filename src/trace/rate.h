// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A sampling rate that cannot be wrong, and the head decision made from it: on the rightmost 56
// bits of the trace id, as OpenTelemetry's consistent probability sampling says
// (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/). The stock C++
// ratio sampler reads the leading bytes, which in X-Ray-shaped ids are the time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trace/ids.h"

namespace spawn::trace {

class Rate {
 public:
  // 0.0 to 1.0; nothing for all else, NaN included.
  static std::optional<Rate> from(double value);
  static Rate always() { return Rate(1.0, 0); }
  static Rate never() { return Rate(0.0, kAll); }

  [[nodiscard]] double value() const { return value_; }
  // Keep iff the 56 random bits are at or above this; 2^56 keeps nothing. Rounded to what
  // tracestate_value() says; any rate above 0 keeps something, 1 keeps all.
  [[nodiscard]] std::uint64_t threshold() const { return threshold_; }
  [[nodiscard]] bool keeps(std::uint64_t randomness) const { return randomness >= threshold_; }
  [[nodiscard]] bool keeps(const TraceId& id) const { return keeps(id.randomness()); }

  // The `ot` member of tracestate for a kept trace: "th:e666"; "" at rate 0.
  [[nodiscard]] std::string tracestate_value() const;

  friend bool operator==(const Rate&, const Rate&) = default;

 private:
  static constexpr std::uint64_t kAll = 1ULL << 56;
  Rate(double value, std::uint64_t threshold) : value_(value), threshold_(threshold) {}
  double value_;
  std::uint64_t threshold_;
};

}  // namespace spawn::trace
