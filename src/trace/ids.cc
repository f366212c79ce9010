// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/ids.h"

#include <cstring>

#include "core/text.h"

namespace spawn::trace {
namespace {

std::optional<TraceId> parse(std::string_view text, bool allow_upper) {
  if (text.size() != 32) return std::nullopt;
  const auto high = core::parse_hex16(text.substr(0, 16), allow_upper);
  const auto low = core::parse_hex16(text.substr(16), allow_upper);
  if (!high || !low) return std::nullopt;
  const TraceId id{*high, *low};
  if (!id.valid()) return std::nullopt;
  return id;
}

}  // namespace

void TraceId::write_hex(char* out32) const {
  core::hex16(high, out32);
  core::hex16(low, out32 + 16);
}

void TraceId::write_xray(char* out35) const {
  char digits[32];
  write_hex(digits);
  std::memcpy(out35, "1-", 2);
  std::memcpy(out35 + 2, digits, 8);
  out35[10] = '-';
  std::memcpy(out35 + 11, digits + 8, 24);
}

std::string TraceId::hex() const {
  std::string text(32, '0');
  write_hex(text.data());
  return text;
}

std::string TraceId::xray() const {
  std::string text(35, '0');
  write_xray(text.data());
  return text;
}

std::optional<TraceId> TraceId::from_hex(std::string_view text) { return parse(text, false); }

std::optional<TraceId> TraceId::from_xray(std::string_view text) {
  if (text.size() != 35 || text.substr(0, 2) != "1-" || text[10] != '-') return std::nullopt;
  std::string digits(text.substr(2, 8));
  digits += text.substr(11);
  return parse(digits, true);
}

std::optional<TraceId> TraceId::from_user(std::string_view text) {
  text = core::trim(text);
  if (auto id = from_xray(text)) return id;
  return parse(text, true);
}

void SpanId::write_hex(char* out16) const { core::hex16(value, out16); }

std::string SpanId::hex() const {
  std::string text(16, '0');
  write_hex(text.data());
  return text;
}

std::optional<SpanId> SpanId::from_hex(std::string_view text, bool allow_upper) {
  const auto value = core::parse_hex16(text, allow_upper);
  if (!value || *value == 0) return std::nullopt;
  return SpanId{*value};
}

}  // namespace spawn::trace
