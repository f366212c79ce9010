// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// An absolute http or https URL in its parts. Strict: what is no URL is an error with a hint, so
// that a bad endpoint is refused before anything starts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace spawn::core {

struct Url {
  std::string scheme;      // "http" or "https"
  std::string host;        // without brackets for IPv6, lower case
  std::uint16_t port = 0;  // the default when none was given
  std::string path;        // "/" at least
  std::string query;       // without '?'

  // Code::invalid_argument: "'foo' is no URL: expected http://HOST[:PORT] or https://…". User
  // information in a URL is refused, since it would end up in logs.
  static Result<Url> parse(std::string_view text);

  // "host" or "host:port" when the port is not the scheme's own; IPv6 in brackets. The Host header.
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] std::string to_string() const;
};

}  // namespace spawn::core
