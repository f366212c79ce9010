// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who calls whom, as X-Ray has counted it: the service map of a time, of some traces, and the same
// numbers minute by minute. https://docs.aws.amazon.com/xray/latest/api/API_GetServiceGraph.html
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/services/xray.h"
#include "aws/services/xray_summaries.h"

namespace spawn::aws::xray {

struct Statistics {
  std::int64_t total = 0;
  std::int64_t ok = 0;
  std::int64_t errors = 0;  // the caller's fault, throttles among them
  std::int64_t throttles = 0;
  std::int64_t faults = 0;  // the service's
  double total_response_seconds = 0;
};
struct HistogramEntry {
  double seconds = 0;
  std::int64_t count = 0;
};
struct Edge {
  std::int64_t to = 0;  // a node's id
  std::string type;     // "link": asynchronous; "" otherwise
  Statistics statistics;
  std::vector<HistogramEntry> response_times;
};
struct ServiceNode {
  std::int64_t id = 0;
  std::string name;
  std::string type;  // "AWS::EC2::Instance", "client", "remote", …
  std::string account_id;
  std::string state;  // "active", "unknown"
  bool is_root = false;
  Statistics statistics;
  std::vector<HistogramEntry> response_times;
  std::vector<Edge> edges;
};
struct GraphPage {
  std::vector<ServiceNode> services;
  std::string next_token;
};

struct GetServiceGraph {
  TimeRange range;
  std::string group_name;  // "" for everything
  std::string next_token;
};
core::Result<GraphPage> get_service_graph(Caller& caller, const Endpoint& endpoint,
                                          const GetServiceGraph& request, core::Deadline deadline);
// Five ids at most, as X-Ray writes them.
core::Result<GraphPage> get_trace_graph(Caller& caller, const Endpoint& endpoint,
                                        std::span<const std::string> trace_ids,
                                        std::string_view next_token, core::Deadline deadline);

struct GetTimeSeries {
  TimeRange range;
  std::string selector;              // "service(\"spored\")" or "edge(\"a\", \"b\")"
  std::int64_t period_seconds = 60;  // 60 or 300
  std::string group_name;
  std::string next_token;
};
struct TimeSeriesEntry {
  std::int64_t time_ns = 0;
  Statistics statistics;  // of the service or the edge that was selected
  std::vector<HistogramEntry> response_times;
};
struct TimeSeriesPage {
  std::vector<TimeSeriesEntry> entries;
  std::string next_token;
};
core::Result<TimeSeriesPage> get_time_series_service_statistics(Caller& caller,
                                                                const Endpoint& endpoint,
                                                                const GetTimeSeries& request,
                                                                core::Deadline deadline);

}  // namespace spawn::aws::xray
