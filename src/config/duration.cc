// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/duration.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/text.h"

namespace spawn::config {
namespace {

constexpr std::array<std::pair<char, std::int64_t>, 4> kUnits = {
    {{'d', 86'400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
constexpr std::int64_t kMostSeconds = 10LL * 366 * 86'400;

}  // namespace

std::optional<core::Nanos> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  for (const auto& [unit, of_unit] : kUnits) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos || text[digits] != unit) continue;
    const auto count = core::parse_int(text.substr(0, digits));
    if (!count || *count > kMostSeconds / of_unit) return std::nullopt;
    seconds += *count * of_unit;
    text.remove_prefix(digits + 1);
    if (text.empty()) break;
  }
  if (!text.empty() || seconds > kMostSeconds) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::string format_duration(core::Nanos duration) {
  std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  std::string text;
  for (const auto& [unit, of_unit] : kUnits) {
    if (seconds < of_unit) continue;
    text += fmt::format("{}{}", seconds / of_unit, unit);
    seconds %= of_unit;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace spawn::config
