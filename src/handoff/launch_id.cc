// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/launch_id.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "core/time_text.h"

namespace spawn::handoff {
namespace {

constexpr std::size_t kMaxBytes = 128;
constexpr std::size_t kMaxNameBytes = 64;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_allowed(char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; }

// "2026-01-02T03:04:05.…" → "20260102T030405".
std::string compact_time(std::int64_t wall_ns) {
  std::string text = core::rfc3339(wall_ns).substr(0, 19);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

core::Result<LaunchId> LaunchId::parse(std::string_view text) {
  if (!text.empty() && text.size() <= kMaxBytes && is_letter_or_digit(text.front()) &&
      std::ranges::all_of(text, is_allowed)) {
    return LaunchId(std::string(text));
  }
  return core::fail(core::Code::invalid_argument,
                    fmt::format("'{}' is no launch id; expected 1 to {} letters, digits, '-', '_' "
                                "or '.', the first a letter or digit",
                                core::visible(core::utf8_prefix(text, 60)), kMaxBytes));
}

LaunchId LaunchId::make(std::string_view name, std::int64_t wall_ns, core::Rng& rng) {
  std::string start(name.substr(0, kMaxNameBytes));
  std::ranges::replace_if(
      start, [](char c) { return !is_allowed(c); }, '-');
  if (start.empty() || !is_letter_or_digit(start.front())) start.insert(0, "launch");
  return LaunchId(fmt::format("{}-{}-{:012x}", start, compact_time(wall_ns), rng.next() >> 16));
}

}  // namespace spawn::handoff
