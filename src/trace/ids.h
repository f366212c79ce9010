// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Trace and span ids. Both are valid only when not all zero (W3C Trace Context, 3.2.2). A trace id
// we make is X-Ray-shaped: 4 bytes of epoch seconds, big-endian, then 12 random bytes, so that
// "1-<8 hex>-<24 hex>" and 32 hex digits are two spellings of one id, and its rightmost 7 bytes are
// uniformly random, as W3C level 2 and consistent sampling want.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace spawn::trace {

struct TraceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  [[nodiscard]] bool valid() const { return (high | low) != 0; }
  // The 56 bits that sampling decides on.
  [[nodiscard]] std::uint64_t randomness() const { return low & 0x00FF'FFFF'FFFF'FFFFU; }

  // "65f0…" 32 lower-case hex digits; or "1-65f0…-…" as X-Ray writes it.
  [[nodiscard]] std::string hex() const;
  [[nodiscard]] std::string xray() const;
  void write_hex(char* out32) const;
  void write_xray(char* out35) const;

  // Strict: exactly 32 lower-case hex digits, not all zero.
  static std::optional<TraceId> from_hex(std::string_view text);
  // "1-8hex-24hex", either case.
  static std::optional<TraceId> from_xray(std::string_view text);
  // Whatever a person pastes: either spelling, either case.
  static std::optional<TraceId> from_user(std::string_view text);

  friend bool operator==(const TraceId&, const TraceId&) = default;
  friend auto operator<=>(const TraceId&, const TraceId&) = default;
};

struct SpanId {
  std::uint64_t value = 0;

  [[nodiscard]] bool valid() const { return value != 0; }
  [[nodiscard]] std::string hex() const;
  void write_hex(char* out16) const;
  // Exactly 16 hex digits, not all zero.
  static std::optional<SpanId> from_hex(std::string_view text, bool allow_upper = false);

  friend bool operator==(const SpanId&, const SpanId&) = default;
  friend auto operator<=>(const SpanId&, const SpanId&) = default;
};

}  // namespace spawn::trace

template <>
struct std::hash<spawn::trace::TraceId> {
  std::size_t operator()(const spawn::trace::TraceId& id) const noexcept { return id.low; }
};
template <>
struct std::hash<spawn::trace::SpanId> {
  std::size_t operator()(const spawn::trace::SpanId& id) const noexcept { return id.value; }
};
