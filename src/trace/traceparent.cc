// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/traceparent.h"

#include <algorithm>
#include <vector>

#include "core/text.h"

namespace spawn::trace {
namespace {

constexpr std::size_t kTraceparentSize = 55;
constexpr std::size_t kMaxMembers = 32;
constexpr std::size_t kMaxKeySize = 256;
constexpr std::size_t kMaxValueSize = 256;

// HTTP's optional white space: less than core::trim drops, a line break is never part of a header.
std::string_view trim_ows(std::string_view text) {
  constexpr std::string_view kOws = " \t";
  const auto first = text.find_first_not_of(kOws);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kOws) - first + 1);
}

std::optional<std::uint8_t> parse_byte(std::string_view two_digits) {
  std::string padded(14, '0');
  padded += two_digits;
  const auto value = core::parse_hex16(padded);
  if (!value) return std::nullopt;
  return static_cast<std::uint8_t>(*value);
}

bool is_key(std::string_view text) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  if (text.empty() || text.size() > kMaxKeySize || !is_alphanumeric(text[0])) return false;
  return std::ranges::all_of(text, [&](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
  });
}

// Printable ASCII without ',' and '='. (A blank at the end was trimmed with the member.)
bool is_value(std::string_view text) {
  if (text.empty() || text.size() > kMaxValueSize) return false;
  return std::ranges::all_of(text,
                             [](char c) { return c >= 0x20 && c <= 0x7E && c != ',' && c != '='; });
}

std::string_view key_of(std::string_view member) { return member.substr(0, member.find('=')); }

std::string join(const std::vector<std::string_view>& members) {
  std::string text;
  for (const auto member : members) {
    if (!text.empty()) text += ',';
    text += member;
  }
  return text;
}

}  // namespace

std::optional<SpanContext> parse_traceparent(std::string_view text) {
  text = trim_ows(text);
  if (text.size() < kTraceparentSize) return std::nullopt;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const auto version = parse_byte(text.substr(0, 2));
  if (!version || *version == 0xFF) return std::nullopt;
  if (text.size() > kTraceparentSize && (*version == 0 || text[kTraceparentSize] != '-')) {
    return std::nullopt;
  }
  const auto trace_id = TraceId::from_hex(text.substr(3, 32));
  const auto span_id = SpanId::from_hex(text.substr(36, 16));
  const auto flags = parse_byte(text.substr(53, 2));
  if (!trace_id || !span_id || !flags) return std::nullopt;
  return SpanContext{*trace_id, *span_id, static_cast<std::uint8_t>(*flags & (kSampled | kRandom)),
                     true};
}

std::string format_traceparent(const SpanContext& context) {
  std::string text(kTraceparentSize, '-');
  text[0] = text[1] = text[53] = '0';
  context.trace_id.write_hex(text.data() + 3);
  context.span_id.write_hex(text.data() + 36);
  text[54] = static_cast<char>('0' + (context.flags & (kSampled | kRandom)));
  return text;
}

std::optional<std::string> parse_tracestate(std::string_view text) {
  std::vector<std::string_view> members;
  for (const std::string_view part : core::split(text, ',')) {
    const std::string_view member = trim_ows(part);
    if (member.empty()) continue;
    const auto equals = member.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = member.substr(0, equals);
    if (!is_key(key) || !is_value(member.substr(equals + 1))) return std::nullopt;
    if (members.size() == kMaxMembers) return std::nullopt;
    if (std::ranges::find(members, key, key_of) != members.end()) return std::nullopt;
    members.push_back(member);
  }
  return join(members);
}

std::string_view tracestate_member(std::string_view tracestate, std::string_view key) {
  for (const std::string_view member : core::split(tracestate, ',')) {
    if (key_of(member) == key && member.size() > key.size()) return member.substr(key.size() + 1);
  }
  return {};
}

std::string with_tracestate_member(std::string_view tracestate, std::string_view key,
                                   std::string_view value) {
  std::string first;
  std::vector<std::string_view> members;
  if (!value.empty()) {
    first.append(key).append("=").append(value);
    members.push_back(first);
  }
  for (const std::string_view member : core::split(tracestate, ',')) {
    if (member.empty() || key_of(member) == key || members.size() == kMaxMembers) continue;
    members.push_back(member);
  }
  return join(members);
}

}  // namespace spawn::trace
