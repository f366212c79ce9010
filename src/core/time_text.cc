// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/time_text.h"

#include <chrono>
#include <cstdio>

namespace spawn::core {
namespace {

// Takes exactly `digits` decimal digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// "YYYY-MM-DD" → days since the epoch.
std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *year < 1970 || *year > 2261) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// "HH:MM" → minutes.
std::optional<int> take_minutes(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return *hour * 60 + *minute;
}

// ".123" → nanoseconds; 0 when there is none.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  std::int64_t ns = 0;
  std::int64_t unit = 100'000'000;
  bool any = false;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    ns += (text[0] - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
    any = true;
  }
  if (!any) return std::nullopt;
  return ns;
}

// "Z" or "+02:00" → minutes east of UTC; must be all that is left.
std::optional<int> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const bool west = !text.empty() && text[0] == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto minutes = take_minutes(text);
  if (!minutes || !text.empty()) return std::nullopt;
  return west ? -*minutes : *minutes;
}

}  // namespace

std::string rfc3339(std::int64_t wall_ns) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::nanoseconds> at{std::chrono::nanoseconds(wall_ns)};
  const auto day = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%09dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text;
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  const auto days = take_date(text);
  if (!days || !take(text, "Tt ")) return std::nullopt;
  const auto minutes = take_minutes(text);
  if (!minutes || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset) return std::nullopt;
  const std::int64_t seconds = *days * 86400 + (*minutes - *offset) * std::int64_t{60} + *second;
  return seconds * 1'000'000'000 + *fraction;
}

}  // namespace spawn::core
