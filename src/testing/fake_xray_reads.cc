// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_xray_reads.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "testing/fake_aws_replies.h"
#include "testing/fake_json.h"

namespace spawn::testing {
namespace {

using core::Json;
using Documents = std::vector<Json>;

double real_at(const Json& object, std::string_view name, double otherwise = 0) {
  const Json* found = object.find(name);
  return found == nullptr ? otherwise : found->number().value_or(otherwise);
}
bool flag_at(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found != nullptr && found->boolean() != nullptr && *found->boolean();
}
bool is_subsegment(const Json& document) { return document.text_at("type") == "subsegment"; }
bool any(const Documents& documents, std::string_view flag) {
  return std::ranges::any_of(documents, [&](const Json& d) { return flag_at(d, flag); });
}

std::set<std::string> services_of(const Documents& documents) {
  std::set<std::string> names;
  for (const Json& document : documents) {
    if (!is_subsegment(document)) names.emplace(document.text_at("name"));
  }
  return names;
}

// Nothing for a filter that is not understood.
std::optional<bool> passes(std::string_view filter, const Documents& documents) {
  if (filter.empty()) return true;
  if (filter == "error" || filter == "fault" || filter == "throttle") return any(documents, filter);
  constexpr std::string_view kService = "service(\"";
  if (!filter.starts_with(kService) || !filter.ends_with("\")")) return std::nullopt;
  filter.remove_prefix(kService.size());
  filter.remove_suffix(2);
  return services_of(documents).contains(std::string(filter));
}

struct Span {
  double start = std::numeric_limits<double>::max();
  double end = 0;
};
Span span_of(const Documents& documents) {
  Span span;
  for (const Json& document : documents) {
    span.start = std::min(span.start, real_at(document, "start_time"));
    span.end = std::max(span.end, real_at(document, "end_time"));
  }
  return span;
}

bool is_within(const Json& request, const Documents& documents) {
  const double start = span_of(documents).start;
  return start >= real_at(request, "StartTime") && start <= real_at(request, "EndTime");
}

Json named(const std::string& name) { return Json(Json::Object{{"Name", Json(name)}}); }

Json summary_of(const std::string& id, const Documents& documents) {
  const Span span = span_of(documents);
  Json::Array services;
  for (const std::string& name : services_of(documents)) services.push_back(named(name));
  Json::Object summary{{"Id", Json(id)},
                       {"StartTime", Json(span.start)},
                       {"Duration", Json(std::max(0.0, span.end - span.start))},
                       {"HasFault", Json(any(documents, "fault"))},
                       {"HasError", Json(any(documents, "error"))},
                       {"HasThrottle", Json(any(documents, "throttle"))},
                       {"IsPartial", Json(any(documents, "in_progress"))},
                       {"ServiceIds", Json(std::move(services))}};
  for (const Json& document : documents) {
    if (!document.text_at("parent_id").empty()) continue;
    summary.emplace_back("EntryPoint", named(std::string(document.text_at("name"))));
    break;
  }
  return Json(std::move(summary));
}

// A node is a service; what a subsegment calls (it has a namespace) is one too.
struct Node {
  std::int64_t id = 0;
  std::int64_t calls = 0;
  std::int64_t faults = 0;
  std::map<std::string, std::int64_t> edges;
};
using Nodes = std::map<std::string, Node>;

void count(Nodes& nodes, const std::string& name, const Json& document) {
  Node& node = nodes[name];
  ++node.calls;
  node.faults += flag_at(document, "fault") ? 1 : 0;
}

void add_calls(Nodes& nodes, const std::string& from, const Json& document) {
  const bool calls_out = !document.text_at("namespace").empty();
  if (calls_out) {
    const std::string to(document.text_at("name"));
    count(nodes, to, document);
    ++nodes[from].edges[to];
  }
  const Json& inner = member(document, "subsegments");
  if (inner.array() == nullptr) return;
  for (const Json& subsegment : *inner.array()) add_calls(nodes, from, subsegment);
}

void add_trace(Nodes& nodes, const Documents& documents) {
  std::map<std::string, std::string> service_of;  // by the id of a segment
  for (const Json& document : documents) {
    if (!is_subsegment(document)) {
      service_of[std::string(document.text_at("id"))] = document.text_at("name");
    }
  }
  for (const Json& document : documents) {
    const std::string parent(document.text_at("parent_id"));
    if (is_subsegment(document)) {
      if (service_of.contains(parent)) add_calls(nodes, service_of[parent], document);
      continue;
    }
    const std::string name(document.text_at("name"));
    count(nodes, name, document);
    if (service_of.contains(parent)) ++nodes[service_of[parent]].edges[name];
    add_calls(nodes, name, document);
  }
}

Json statistics(std::int64_t total, std::int64_t faults) {
  return Json(Json::Object{{"TotalCount", Json(total)},
                           {"OkCount", Json(total - faults)},
                           {"FaultStatistics", Json(Json::Object{{"TotalCount", Json(faults)}})}});
}

}  // namespace

http::Reply trace_summaries(const Json& request, const XRayTraces& traces) {
  if (request.find("StartTime") == nullptr || request.find("EndTime") == nullptr) {
    return error_reply("xray", 400, "InvalidRequestException",
                       "StartTime and EndTime are required");
  }
  Json::Array summaries;
  for (auto at = traces.rbegin(); at != traces.rend(); ++at) {  // newest first
    if (!is_within(request, at->second)) continue;
    const auto passed = passes(request.text_at("FilterExpression"), at->second);
    if (!passed) {
      return error_reply("xray", 400, "InvalidRequestException",
                         "a filter that this fake does not understand");
    }
    if (*passed) summaries.push_back(summary_of(at->first, at->second));
  }
  const auto found = static_cast<std::int64_t>(summaries.size());
  return json_reply(
      {{"TraceSummaries", Json(std::move(summaries))}, {"TracesProcessedCount", Json(found)}});
}

http::Reply service_graph(const Json& request, const XRayTraces& traces) {
  Nodes nodes;
  const Json& ids = member(request, "TraceIds");
  if (ids.array() != nullptr) {
    for (const Json& id : *ids.array()) {
      const auto found = id.string() == nullptr ? traces.end() : traces.find(*id.string());
      if (found != traces.end()) add_trace(nodes, found->second);
    }
  } else {
    for (const auto& [id, documents] : traces) {
      if (is_within(request, documents)) add_trace(nodes, documents);
    }
  }
  std::int64_t next = 0;
  for (auto& [name, node] : nodes) node.id = next++;
  Json::Array services;
  for (const auto& [name, node] : nodes) {
    Json::Array edges;
    for (const auto& [to, calls] : node.edges) {
      edges.emplace_back(Json::Object{{"ReferenceId", Json(nodes[to].id)},
                                      {"SummaryStatistics", statistics(calls, 0)}});
    }
    services.emplace_back(Json::Object{{"ReferenceId", Json(node.id)},
                                       {"Name", Json(name)},
                                       {"SummaryStatistics", statistics(node.calls, node.faults)},
                                       {"Edges", Json(std::move(edges))}});
  }
  return json_reply({{"Services", Json(std::move(services))}});
}

}  // namespace spawn::testing
