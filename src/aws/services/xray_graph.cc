// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray_graph.h"

#include <utility>

#include "aws/services/xray_call.h"

namespace spawn::aws::xray {
namespace {

Statistics statistics_of(const core::Json& from) {
  const core::Json& errors = json::member(from, "ErrorStatistics");
  return {json::integer_at(from, "TotalCount").value_or(0),
          json::integer_at(from, "OkCount").value_or(0),
          json::integer_at(errors, "TotalCount").value_or(0),
          json::integer_at(errors, "ThrottleCount").value_or(0),
          json::integer_at(json::member(from, "FaultStatistics"), "TotalCount").value_or(0),
          json::real_at(from, "TotalResponseTime")};
}

std::vector<HistogramEntry> response_times_of(const core::Json& owner) {
  std::vector<HistogramEntry> entries;
  json::for_each_in(owner, "ResponseTimeHistogram", [&](const core::Json& entry) {
    entries.push_back(
        {json::real_at(entry, "Value"), json::integer_at(entry, "Count").value_or(0)});
  });
  return entries;
}

ServiceNode node_of(const core::Json& from) {
  ServiceNode node;
  node.id = json::integer_at(from, "ReferenceId").value_or(0);
  node.name = text_at(from, "Name");
  node.type = text_at(from, "Type");
  node.account_id = text_at(from, "AccountId");
  node.state = text_at(from, "State");
  node.is_root = json::flag_at(from, "Root");
  node.statistics = statistics_of(json::member(from, "SummaryStatistics"));
  node.response_times = response_times_of(from);
  json::for_each_in(from, "Edges", [&](const core::Json& edge) {
    node.edges.push_back(
        {json::integer_at(edge, "ReferenceId").value_or(0), text_at(edge, "EdgeType"),
         statistics_of(json::member(edge, "SummaryStatistics")), response_times_of(edge)});
  });
  return node;
}

core::Result<GraphPage> call_for_graph(Caller& caller, const Endpoint& endpoint,
                                       std::string_view operation, std::string_view path,
                                       json::Object input, core::Deadline deadline) {
  const auto reply = call_for_object(caller, endpoint, operation, path, std::move(input), deadline);
  if (!reply) return core::fail(reply.error());
  GraphPage page;
  json::for_each_in(*reply, "Services",
                    [&](const core::Json& service) { page.services.push_back(node_of(service)); });
  page.next_token = reply->text_at("NextToken");
  return page;
}

}  // namespace

core::Result<GraphPage> get_service_graph(Caller& caller, const Endpoint& endpoint,
                                          const GetServiceGraph& request, core::Deadline deadline) {
  json::Object input;
  input.real("StartTime", to_seconds(request.range.start_ns))
      .real("EndTime", to_seconds(request.range.end_ns))
      .text_if("GroupName", request.group_name)
      .text_if("NextToken", request.next_token);
  return call_for_graph(caller, endpoint, "GetServiceGraph", "/ServiceGraph", std::move(input),
                        deadline);
}

core::Result<GraphPage> get_trace_graph(Caller& caller, const Endpoint& endpoint,
                                        std::span<const std::string> trace_ids,
                                        std::string_view next_token, core::Deadline deadline) {
  json::Object input;
  input.texts("TraceIds", trace_ids).text_if("NextToken", next_token);
  return call_for_graph(caller, endpoint, "GetTraceGraph", "/TraceGraph", std::move(input),
                        deadline);
}

core::Result<TimeSeriesPage> get_time_series_service_statistics(Caller& caller,
                                                                const Endpoint& endpoint,
                                                                const GetTimeSeries& request,
                                                                core::Deadline deadline) {
  json::Object input;
  input.real("StartTime", to_seconds(request.range.start_ns))
      .real("EndTime", to_seconds(request.range.end_ns))
      .integer("Period", request.period_seconds)
      .text_if("EntitySelectorExpression", request.selector)
      .text_if("GroupName", request.group_name)
      .text_if("NextToken", request.next_token);
  const auto reply = call_for_object(caller, endpoint, "GetTimeSeriesServiceStatistics",
                                     "/TimeSeriesServiceStatistics", std::move(input), deadline);
  if (!reply) return core::fail(reply.error());
  TimeSeriesPage page;
  json::for_each_in(*reply, "TimeSeriesServiceStatistics", [&](const core::Json& entry) {
    const char* of = entry.find("EdgeSummaryStatistics") != nullptr ? "EdgeSummaryStatistics"
                                                                    : "ServiceSummaryStatistics";
    page.entries.push_back({time_at(entry, "Timestamp").value_or(0),
                            statistics_of(json::member(entry, of)), response_times_of(entry)});
  });
  page.next_token = reply->text_at("NextToken");
  return page;
}

}  // namespace spawn::aws::xray
