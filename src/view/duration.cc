// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/duration.h"

#include <fmt/format.h>

namespace spawn::view {
namespace {

constexpr std::int64_t kMicro = 1'000;
constexpr std::int64_t kMilli = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

// At most `decimals`, and no zeros at the end.
std::string number(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (decimals == 0) return text;
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string three_digits(std::int64_t ns, std::int64_t unit) {
  const double value = static_cast<double>(ns) / static_cast<double>(unit);
  return number(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

}  // namespace

std::string duration_text(std::int64_t ns, bool unicode) {
  if (ns <= 0) return "0 ms";
  if (ns < kMicro) return fmt::format("{} ns", ns);
  // The borders lie where rounding would give "1000" of the smaller unit.
  if (ns < kMilli - kMicro / 2) return three_digits(ns, kMicro) + (unicode ? " µs" : " us");
  if (ns < kSecond - kMilli / 2) return three_digits(ns, kMilli) + " ms";
  const double seconds = static_cast<double>(ns) / static_cast<double>(kSecond);
  if (seconds < 59.995) return number(seconds, seconds < 9.9995 ? 3 : 2) + " s";
  const auto whole = (ns - kSecond / 2) / kSecond + 1;  // rounded
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

}  // namespace spawn::view
