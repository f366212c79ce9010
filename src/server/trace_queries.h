// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The part of X-Ray's API that reads many traces: summaries, service graphs, time series. Safe for
// any thread. https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html and siblings.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/json.h"
#include "server/exchange.h"
#include "server/traces.h"
#include "view/filter.h"

namespace spawn::server {

class TraceQueries {
 public:
  TraceQueries(Traces& traces, core::Clock& clock, view::FindGroup find_group)
      : traces_(traces), clock_(clock), find_group_(std::move(find_group)) {}

  http::Reply summaries(const core::Json& request);
  http::Reply service_graph(const core::Json& request);
  http::Reply trace_graph(const core::Json& request);
  http::Reply time_series(const core::Json& request);

 private:
  Traces& traces_;
  core::Clock& clock_;
  view::FindGroup find_group_;
};

}  // namespace spawn::server
