// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the page asks for, under /api/ (README.md). Safe for any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"
#include "server/exchange.h"
#include "store/trace_store.h"

namespace spawn::server {

// Where this server is reached, for GET /api/version; "" where it is not.
struct Addresses {
  std::string xray;  // URL
  std::string otlp;  // URL
  std::string udp;   // host:port
};

class PageApi {
 public:
  PageApi(store::TraceStore& store, core::Clock& clock, std::string version)
      : store_(store), clock_(clock), version_(std::move(version)) {}

  // Before the first request.
  void set_addresses(Addresses addresses) { addresses_ = std::move(addresses); }

  // A GET below /api/.
  Answer serve(const Request& request);

 private:
  http::Reply version() const;
  http::Reply trace(std::string_view id);
  http::Reply documents(std::string_view id);

  store::TraceStore& store_;
  core::Clock& clock_;
  std::string version_;
  Addresses addresses_;
};

}  // namespace spawn::server
