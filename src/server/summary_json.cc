// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/summary_json.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/fields.h"

namespace spawn::server {
namespace {

using core::Json;
using view::TraceSummary;

double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

Json text_or_null(const std::string& value) { return value.empty() ? Json() : Json(value); }

Json value_of(const trace::AnnotationValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

}  // namespace

Json page_summary(const Digest& digest) {
  const TraceSummary& summary = digest.summary;
  Json::Array services;
  for (const view::Service& service : summary.services) {
    services.emplace_back(Json::Object{{"name", Json(service.id.name)},
                                       {"type", Json(service.id.type)},
                                       {"inferred", Json(service.inferred)},
                                       {"root", Json(service.root)}});
  }
  Json::Array users;
  for (const view::User& user : summary.users) users.emplace_back(user.name);
  Json::Object annotations;
  for (const view::Annotation& annotation : summary.annotations) {
    if (annotations.empty() || annotations.back().first != annotation.key) {
      annotations.emplace_back(annotation.key, Json(Json::Array()));
    }
    annotations.back().second.array()->push_back(value_of(annotation.value));
  }
  const bool enters = summary.entry_point && *summary.entry_point < summary.services.size();
  const auto& response = summary.response_time_ns;
  return Json(Json::Object{
      {"id", Json(summary.id.xray())},
      {"start", Json(to_seconds(summary.start_ns))},
      {"duration", Json(seconds(summary.duration_ns))},
      {"response", response ? Json(seconds(*response)) : Json()},
      {"root", Json(summary.root_name)},
      {"entry", enters ? Json(summary.services[*summary.entry_point].id.name) : Json()},
      {"method", text_or_null(summary.http.method)},
      {"url", text_or_null(summary.http.url)},
      {"status", summary.http.status == 0 ? Json() : Json(summary.http.status)},
      {"error", Json(summary.has_error)},
      {"fault", Json(summary.has_fault)},
      {"throttle", Json(summary.has_throttle)},
      {"partial", Json(summary.is_partial)},
      {"services", Json(std::move(services))},
      {"users", Json(std::move(users))},
      {"annotations", Json(std::move(annotations))},
      {"spans", integer(summary.spans)},
      {"errors", integer(summary.errors)},
      {"unfinished", integer(digest.unfinished_count)},
      {"array_id", text_or_null(digest.array_id)}});
}

namespace {

void add_statistics(const view::Statistics& statistics,
                    const std::vector<view::HistogramEntry>& histogram, Json::Object& to) {
  Json::Array bars;
  for (const view::HistogramEntry& bar : histogram) {
    bars.emplace_back(
        Json::Array{Json(static_cast<double>(bar.milliseconds) / 1e3), Json(bar.count)});
  }
  to.emplace_back("total", Json(statistics.total));
  to.emplace_back("ok", Json(statistics.ok));
  to.emplace_back("error", Json(statistics.other_errors));
  to.emplace_back("throttle", Json(statistics.throttles));
  to.emplace_back("fault", Json(statistics.faults));
  to.emplace_back("time", Json(seconds(statistics.total_response_ns)));
  to.emplace_back("histogram", Json(std::move(bars)));
}

}  // namespace

Json trace_graph_json(const view::TraceSummary& summary) {
  view::ServiceGraphBuilder builder;
  builder.add(summary);
  return Json(Json::Object{{"start", Json(to_seconds(summary.start_ns))},
                           {"end", Json(to_seconds(summary.start_ns + summary.duration_ns))},
                           {"services", page_graph(builder.build())}});
}

Json page_graph(const view::ServiceGraph& graph) {
  Json::Array services;
  for (const view::GraphNode& node : graph.nodes) {
    Json::Array edges;
    for (const view::GraphEdge& edge : node.edges) {
      Json::Object object{{"to", integer(edge.to)}};
      add_statistics(edge.statistics, edge.response_times, object);
      edges.emplace_back(std::move(object));
    }
    Json::Object object{{"id", integer(services.size())},
                        {"name", Json(node.id.name)},
                        {"type", node.client ? text("client") : Json(node.id.type)},
                        {"root", Json(node.root)},
                        {"inferred", Json(node.inferred)},
                        {"edges", Json(std::move(edges))}};
    add_statistics(node.statistics, node.response_times, object);
    services.emplace_back(std::move(object));
  }
  return Json(std::move(services));
}

Json page_unfinished(const trace::TraceId& trace, const Unfinished& span, std::int64_t now_ns) {
  return Json(
      Json::Object{{"trace", Json(trace.xray())},
                   {"id", Json(span.id.hex())},
                   {"parent", span.parent.valid() ? Json(span.parent.hex()) : Json()},
                   {"service", Json(span.service)},
                   {"name", Json(span.name)},
                   {"start", Json(to_seconds(span.start_ns))},
                   {"age", Json(seconds(std::max<std::int64_t>(0, now_ns - span.start_ns)))}});
}

}  // namespace spawn::server
