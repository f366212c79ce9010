// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who may ask a server on loopback: programs of this machine, and our own page in a browser; no
// other web page. A page elsewhere can send requests here, by name (DNS rebinding) or across
// origins, but a browser then tells: in Host, Origin and Sec-Fetch-Site. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/client.h"
#include "server/exchange.h"

namespace spawn::server {

inline constexpr std::string_view kTokenHeader = "X-Spawn-Token";

class Guard {
 public:
  // A fresh token, which our own page is given.
  Guard();
  explicit Guard(std::string token) : token_(std::move(token)) {}

  [[nodiscard]] const std::string& token() const { return token_; }

  // What is answered to a request that must go no further: 403 and why.
  [[nodiscard]] std::optional<http::Reply> refuse(std::string_view method,
                                                  const http::Headers& headers) const;

 private:
  std::string token_;
};

// Of every answer: what a browser may do with it.
http::Headers security_headers();

}  // namespace spawn::server
