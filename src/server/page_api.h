// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the page asks for, under /api/ (README.md). Safe for any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"
#include "server/exchange.h"
#include "server/traces.h"
#include "store/trace_store.h"
#include "view/filter.h"

namespace spawn::server {

// Where this server is reached, for GET /api/version; "" where it is not.
struct Addresses {
  std::string xray;  // URL
  std::string otlp;  // URL
  std::string udp;   // host:port
};

class PageApi {
 public:
  PageApi(store::TraceStore& store, Traces& traces, core::Clock& clock, view::FindGroup find_group,
          std::string version)
      : store_(store),
        traces_(traces),
        clock_(clock),
        find_group_(std::move(find_group)),
        version_(std::move(version)) {}

  // Before the first request.
  void set_addresses(Addresses addresses) { addresses_ = std::move(addresses); }

  // A GET below /api/.
  Answer serve(const Request& request);

 private:
  http::Reply version() const;
  http::Reply trace(const trace::TraceId& id);
  http::Reply documents(const trace::TraceId& id);
  // page_lists.cc
  http::Reply traces(const Request& request);
  http::Reply graph(const Request& request);
  http::Reply trace_graph(const trace::TraceId& id);
  http::Reply array(std::string_view id);
  Answer live(const Request& request);

  store::TraceStore& store_;
  Traces& traces_;
  core::Clock& clock_;
  view::FindGroup find_group_;
  std::string version_;
  Addresses addresses_;
};

}  // namespace spawn::server
