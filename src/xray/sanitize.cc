// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sanitize.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace spawn::xray {
namespace {

constexpr std::string_view kRedacted = "REDACTED";
constexpr std::string_view kSeparators = "?&;, \t\n";
constexpr auto kSecretKeys = std::to_array<std::string_view>({"password",
                                                              "passwd",
                                                              "pwd",
                                                              "pass",
                                                              "secret",
                                                              "client_secret",
                                                              "token",
                                                              "access_token",
                                                              "id_token",
                                                              "refresh_token",
                                                              "sessiontoken",
                                                              "api_key",
                                                              "apikey",
                                                              "sig",
                                                              "signature",
                                                              "awsaccesskeyid",
                                                              "x-amz-signature",
                                                              "x-amz-credential",
                                                              "x-amz-security-token",
                                                              "x-goog-signature",
                                                              "x-goog-credential"});

bool is_secret(std::string_view key) {
  return std::ranges::any_of(kSecretKeys,
                             [&](std::string_view known) { return core::iequals(known, key); });
}

struct Part {
  std::size_t from = 0;
  std::size_t to = 0;
};

// Up to where user information can reach. A password may not hold a slash, and some do: what stands
// after a colon and is no port is one.
std::size_t end_of_authority(std::string_view rest) {
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto colon = rest.substr(0, end).find(':');
  const bool odd = colon != std::string_view::npos &&
                   !core::parse_int(rest.substr(colon + 1, end - colon - 1)) &&
                   rest.substr(0, end).find('@') == std::string_view::npos && rest[0] != '[';
  return odd ? rest.size() : end;
}

// The password before an '@'; empty: there is none.
Part password(std::string_view text) {
  const auto scheme = text.find("://");
  const bool url = scheme != std::string_view::npos;
  const std::size_t begin = url ? scheme + 3 : 0;
  const std::string_view rest = text.substr(begin);
  const std::size_t end =
      url ? end_of_authority(rest) : std::min(rest.find_first_of("? ;"), rest.size());
  const auto at = rest.substr(0, end).rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view user = rest.substr(0, at);
  auto separator = user.find(':');
  // Oracle's "scott/tiger@host", also with "jdbc:oracle:thin:" before it.
  if (!url && (separator == std::string_view::npos || text.starts_with("jdbc:"))) {
    separator = user.find('/');
  }
  if (separator == std::string_view::npos) return {};
  return {begin + separator + 1, begin + at};
}

// The end of a value that may be in quotes.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    const auto quote = text.find(text[at], at + 1);
    return quote == std::string_view::npos ? text.size() : quote + 1;
  }
  return std::min(text.find_first_of(kSeparators, at), text.size());
}

}  // namespace

std::string_view without_secrets(std::string_view text, std::string& storage) {
  if (text.find_first_of("@=") == std::string_view::npos) return text;
  storage.clear();
  std::size_t kept = 0;  // up to here the text is in the storage
  const auto replace = [&](std::size_t from, std::size_t to) {
    storage += text.substr(kept, from - kept);
    storage += kRedacted;
    kept = to;
  };
  if (const Part found = password(text); found.to > found.from) replace(found.from, found.to);
  for (std::size_t equals = text.find('=', kept); equals != std::string_view::npos;
       equals = text.find('=', equals + 1)) {
    if (equals < kept) continue;
    const auto before = text.find_last_of(kSeparators, equals);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view key = core::trim(text.substr(begin, equals - begin));
    if (!is_secret(key)) continue;
    const std::size_t end = end_of_value(text, equals + 1);
    if (end > equals + 1) replace(equals + 1, end);
  }
  if (kept == 0) return text;
  storage += text.substr(kept);
  return storage;
}

}  // namespace spawn::xray
