// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/scrub.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include "core/text.h"

namespace spawn::intake {
namespace {

constexpr std::string_view kHidden = "***";
// In lower case. What stands between the name and its value is skipped.
constexpr std::array<std::string_view, 7> kNames = {
    "signature=",      "credential=",  "x-amz-security-token", "x-amz-credential",
    "x-amz-signature", "sessiontoken", "secretaccesskey"};

bool is_separator(char c) {
  return std::string_view(" \t=:\"'[\\").find(c) != std::string_view::npos;
}
bool ends_value(char c) {
  return std::string_view(" \t\r\n,;&\"'<>)]\\").find(c) != std::string_view::npos;
}
bool is_key_character(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// The value that begins at or after `from`, past separators.
std::pair<std::size_t, std::size_t> value_after(std::string_view text, std::size_t from) {
  while (from < text.size() && is_separator(text[from])) ++from;
  std::size_t end = from;
  while (end < text.size() && !ends_value(text[end])) ++end;
  return {from, end};
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
std::size_t access_key_size(std::string_view at) {
  if (!at.starts_with("AKIA") && !at.starts_with("ASIA")) return 0;
  const auto end = std::ranges::find_if_not(at, is_key_character);
  const auto size = static_cast<std::size_t>(end - at.begin());
  return size >= 12 ? size : 0;
}

}  // namespace

std::string scrub(std::string_view text) {
  const std::string lower = core::to_lower(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto name = std::ranges::find_if(
        kNames, [&](std::string_view n) { return lower.compare(i, n.size(), n) == 0; });
    if (name != kNames.end()) {
      const auto [begin, end] = value_after(text, i + name->size());
      out.append(text.substr(i, begin - i));
      if (end > begin) out.append(kHidden);
      i = end;
    } else if (const std::size_t size = access_key_size(text.substr(i)); size > 0) {
      out.append(kHidden);
      i += size;
    } else {
      out.push_back(text[i++]);
    }
  }
  return out;
}

void scrub_literal(std::string& text, std::string_view secret) {
  constexpr std::size_t kShortest = 8;
  if (secret.size() < kShortest) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), kHidden);
  }
}

}  // namespace spawn::intake
