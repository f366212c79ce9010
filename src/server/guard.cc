// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/guard.h"

#include <algorithm>
#include <array>

#include "core/rng.h"
#include "core/secret.h"
#include "core/text.h"

namespace spawn::server {
namespace {

constexpr std::size_t kTokenHexDigits = 32;

// "127.0.0.1:4318", with our port or, as a client behind a forwarded port has it, another one.
bool is_loopback(std::string_view authority) {
  std::string_view host = authority;
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    if (!core::parse_int(authority.substr(colon + 1))) return false;
    host = authority.substr(0, colon);
  }
  constexpr std::array<std::string_view, 3> kNames = {"127.0.0.1", "localhost", "[::1]"};
  return std::ranges::any_of(kNames,
                             [&](std::string_view name) { return core::iequals(host, name); });
}

bool is_own_origin(std::string_view origin, std::string_view host) {
  constexpr std::string_view kScheme = "http://";
  return origin.starts_with(kScheme) && core::iequals(origin.substr(kScheme.size()), host);
}

http::Reply forbidden(std::string_view why) { return aws_error(403, "AccessDeniedException", why); }

}  // namespace

Guard::Guard() : token_(core::secure_random_hex(kTokenHexDigits)) {}

std::optional<http::Reply> Guard::refuse(std::string_view method,
                                         const http::Headers& headers) const {
  const std::string_view host = http::header(headers, "Host");
  if (!is_loopback(host)) {
    return forbidden("the Host header must name this machine: 127.0.0.1, localhost or [::1]");
  }
  const std::string_view origin = http::header(headers, "Origin");
  if (!origin.empty() && !is_own_origin(origin, host)) {
    return forbidden("requests of other web pages are refused");
  }
  const std::string_view site = http::header(headers, "Sec-Fetch-Site");
  const bool reads = method == "GET" || method == "HEAD";
  const bool follows_a_link = reads && http::header(headers, "Sec-Fetch-Mode") == "navigate";
  if ((site == "cross-site" || site == "same-site") && !follows_a_link) {
    return forbidden("requests of other web pages are refused");
  }
  const bool browser = !origin.empty() || !site.empty();
  if (browser && !reads && !core::same_secret(http::header(headers, kTokenHeader), token_)) {
    return forbidden("a browser's writes need the token of the page");
  }
  return std::nullopt;
}

http::Headers security_headers() {
  return {{"Content-Security-Policy",
           "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
           "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"X-Frame-Options", "DENY"}};
}

}  // namespace spawn::server
