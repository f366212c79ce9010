// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/url.h"

#include <optional>

#include "core/text.h"

namespace spawn::core {
namespace {

tl::unexpected<Error> bad_url(std::string_view text, std::string_view why) {
  std::string message = "'";
  message += visible(utf8_prefix(text, 200));
  message += "' is no URL: ";
  message += why;
  return fail(Code::invalid_argument, std::move(message));
}

constexpr std::string_view kExpected = "expected http://HOST[:PORT] or https://HOST[:PORT]";

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

// "HOST", "HOST:PORT", "[V6]", "[V6]:PORT" → host and what follows it.
struct Authority {
  std::string host;
  std::string_view port;  // with its colon, or empty
};

std::optional<Authority> split_authority(std::string_view text) {
  if (!text.empty() && text[0] == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    std::string host = to_lower(text.substr(1, close - 1));
    if (host.find_first_not_of("0123456789abcdef:.") != std::string::npos || host.empty()) {
      return std::nullopt;
    }
    return Authority{std::move(host), text.substr(close + 1)};
  }
  const auto colon = text.find(':');
  std::string host = to_lower(text.substr(0, colon));
  if (host.empty()) return std::nullopt;
  for (const char c : host) {
    if (!is_host_character(c)) return std::nullopt;
  }
  return Authority{std::move(host),
                   colon == std::string_view::npos ? std::string_view() : text.substr(colon)};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  Url url;
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad_url(text, kExpected);
  url.scheme = to_lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") return bad_url(text, kExpected);

  std::string_view rest = text.substr(scheme_end + 3);
  const auto authority_end = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, authority_end);
  rest = authority_end == std::string_view::npos ? std::string_view() : rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return fail(Code::invalid_argument, "a URL with a user or password in it is refused");
  }
  auto parts = split_authority(authority);
  if (!parts) return bad_url(text, kExpected);
  url.host = std::move(parts->host);
  url.port = url.scheme == "https" ? 443 : 80;
  if (!parts->port.empty()) {
    const auto port = parse_int(parts->port.substr(1));
    if (parts->port[0] != ':' || !port || *port < 1 || *port > 65535) {
      return bad_url(text, "the port is not a number from 1 to 65535");
    }
    url.port = static_cast<std::uint16_t>(*port);
  }

  for (const char c : rest) {
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7F) {
      return bad_url(text, "it has blanks or characters that must be percent-encoded");
    }
  }
  rest = rest.substr(0, rest.find('#'));
  const auto question = rest.find('?');
  url.path = std::string(rest.substr(0, question));
  if (url.path.empty()) url.path = "/";
  if (question != std::string_view::npos) url.query = std::string(rest.substr(question + 1));
  return url;
}

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const std::uint16_t usual = scheme == "https" ? 443 : 80;
  if (port != usual) text += ":" + std::to_string(port);
  return text;
}

std::string Url::to_string() const {
  std::string text = scheme + "://" + authority() + path;
  if (!query.empty()) text += "?" + query;
  return text;
}

}  // namespace spawn::core
