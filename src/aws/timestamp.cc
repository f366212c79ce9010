// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/timestamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/text.h"

namespace spawn::aws {
namespace {

using std::chrono::sys_days;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// Exactly `count` digits at `at`.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::int64_t> to_ns(int year, int month, int day, int hour, int minute, int second) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < 1970 || year > 2200 || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  return (days * 86400 + hour * 3600 + minute * 60 + second) * kNanosPerSecond;
}

int month_of(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return static_cast<int>(std::ranges::find(kMonths, name) - kMonths.begin()) + 1;
}

// "Z", "+01:00" or "-0130" as seconds east of Greenwich.
std::optional<int> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const bool colon = text[3] == ':';
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, colon ? 4 : 3, 2);
  if (!hours || !minutes || text.size() != (colon ? 6U : 5U)) return std::nullopt;
  const int seconds = *hours * 3600 + *minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::string format_amz_date(std::int64_t wall_ns) {
  const std::chrono::sys_seconds at{std::chrono::seconds(wall_ns / kNanosPerSecond)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  // 0123456789012345678901234567 8
  // Sun, 06 Nov 1994 08:49:37 GMT
  constexpr std::size_t kSize = 29;
  if (text.size() < kSize || text.substr(3, 2) != ", " || text.substr(25, 4) != " GMT") {
    return std::nullopt;
  }
  const auto day = digits(text, 5, 2);
  const int month = month_of(text.substr(8, 3));
  const auto year = digits(text, 12, 4);
  const auto hour = digits(text, 17, 2);
  const auto minute = digits(text, 20, 2);
  const auto second = digits(text, 23, 2);
  if (!day || !year || !hour || !minute || !second) return std::nullopt;
  return to_ns(*year, month, *day, *hour, *minute, *second);
}

std::optional<std::int64_t> parse_iso8601(std::string_view text) {
  // 0123456789012345678
  // 2026-01-02T03:04:05
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) {
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  }
  const auto offset = parse_offset(rest);
  const auto local = to_ns(*year, *month, *day, *hour, *minute, *second);
  if (!offset || !local) return std::nullopt;
  return *local - *offset * kNanosPerSecond;
}

}  // namespace spawn::aws
