// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/rate.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"

namespace spawn::trace {
namespace {

constexpr int kDigits = 14;           // 56 bits
constexpr int kLeastDigits = 4;       // what peers round to
constexpr double kTolerance = 0.001;  // of the rate asked for

std::uint64_t rounded(std::uint64_t threshold, int digits) {
  const int bits = 4 * (kDigits - digits);
  if (bits == 0) return threshold;
  const std::uint64_t half = 1ULL << (bits - 1);
  return (threshold + half) >> bits << bits;
}

}  // namespace

// The threshold is rounded to as few hex digits as keep the rate within a thousandth, and it is the
// rounded one that decides: what `ot=th:` announces is exactly what was done.
std::optional<Rate> Rate::from(double value) {
  if (!(value >= 0.0 && value <= 1.0)) return std::nullopt;
  if (value == 0.0) return never();
  const double all = static_cast<double>(kAll);
  const auto kept = static_cast<std::uint64_t>(std::llround(value * all));
  // However small the rate, it keeps something.
  const std::uint64_t exact = std::min(kAll - kept, kAll - 1);
  for (int digits = kLeastDigits; digits < kDigits; ++digits) {
    const std::uint64_t threshold = rounded(exact, digits);
    const double announced = static_cast<double>(kAll - threshold) / all;
    if (std::abs(announced - value) <= kTolerance * value) return Rate(value, threshold);
  }
  return Rate(value, exact);
}

std::string Rate::tracestate_value() const {
  if (threshold_ == kAll) return {};
  char digits[16];
  core::hex16(threshold_, digits);
  std::string_view text(digits + 16 - kDigits, kDigits);
  const auto last = text.find_last_not_of('0');
  text = last == std::string_view::npos ? "0" : text.substr(0, last + 1);
  return "th:" + std::string(text);
}

}  // namespace spawn::trace
