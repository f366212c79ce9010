// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Small pure functions over text that several rooms need: hex, UTF-8 repair, trimming, splitting,
// strict number parsing, percent-encoding, and "did you mean".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spawn::core {

std::string to_hex(std::string_view bytes);
// Lower-case digits of `value`, most significant first, into `out[0..16)`.
void hex16(std::uint64_t value, char* out);
// Exactly 16 hex digits; upper case only where the caller allows it.
std::optional<std::uint64_t> parse_hex16(std::string_view text, bool allow_upper = false);

std::string_view trim(std::string_view text);  // blanks and tabs, CR, LF at both ends
std::string to_lower(std::string_view text);   // ASCII only
std::string to_upper(std::string_view text);   // ASCII only
bool iequals(std::string_view a, std::string_view b);
std::vector<std::string_view> split(std::string_view text, char separator);

// The whole text must be the number; no blanks, no "nan", no "inf".
std::optional<std::int64_t> parse_int(std::string_view text);
std::optional<double> parse_double(std::string_view text);

bool is_valid_utf8(std::string_view text);
// Every byte that is no part of a valid sequence becomes U+FFFD.
std::string repair_utf8(std::string_view text);
// The longest prefix of at most `max_bytes` that does not cut a UTF-8 sequence.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

// One line that is safe on a terminal and in a log: UTF-8 repaired; control characters, line
// separators and bidirectional overrides as \x1b or \u202e.
std::string visible(std::string_view text);

// RFC 3986 unreserved characters stay; with keep_slash also '/'.
std::string percent_encode(std::string_view text, bool keep_slash = false);
std::string percent_decode(std::string_view text);

// The candidate nearest to what was typed, if one is near enough to suggest.
std::optional<std::string_view> nearest(std::string_view typed,
                                        std::span<const std::string_view> candidates);

}  // namespace spawn::core
