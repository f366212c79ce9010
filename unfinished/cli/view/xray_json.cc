// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/xray_json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace spawn::view {
namespace {

using core::JsonWriter;

void seconds(std::int64_t ns, JsonWriter& out) { out.real(static_cast<double>(ns) / 1e9); }

template <typename List, typename Write>
void list(const List& items, JsonWriter& out, const Write& write) {
  out.lit<"[">();
  bool first = true;
  for (const auto& item : items) {
    if (!first) out.lit<",">();
    first = false;
    write(item);
  }
  out.lit<"]">();
}

void service_id(const ServiceId& id, const std::string& alias, JsonWriter& out) {
  out.lit<R"("Name":)">();
  out.string(id.name);
  out.lit<R"(,"Names":[)">();
  out.string(id.name);
  if (!alias.empty()) {
    out.lit<",">();
    out.string(alias);
  }
  out.lit<"]">();
  if (!id.account_id.empty()) {
    out.lit<R"(,"AccountId":)">();
    out.string(id.account_id);
  }
  if (!id.type.empty()) {
    out.lit<R"(,"Type":)">();
    out.string(id.type);
  }
}

void services_of(const TraceSummary& trace, const std::vector<ServiceIndex>& services,
                 JsonWriter& out) {
  list(services, out, [&](ServiceIndex index) {
    out.lit<"{">();
    service_id(trace.services[index].id, trace.services[index].alias, out);
    out.lit<"}">();
  });
}

template <core::Literal Key>
void member(const std::string& text, bool& first, JsonWriter& out) {
  if (text.empty()) return;
  if (!first) out.lit<",">();
  first = false;
  out.lit<Key>();
  out.string(text);
}

void http(const HttpFacts& facts, JsonWriter& out) {
  bool first = true;
  out.lit<"{">();
  member<R"("HttpURL":)">(facts.url, first, out);
  if (facts.status != 0) {
    if (!first) out.lit<",">();
    first = false;
    out.lit<R"("HttpStatus":)">();
    out.integer(facts.status);
  }
  member<R"("HttpMethod":)">(facts.method, first, out);
  member<R"("UserAgent":)">(facts.user_agent, first, out);
  member<R"("ClientIp":)">(facts.client_ip, first, out);
  out.lit<"}">();
}

void annotation_value(const AnnotationValue& value, JsonWriter& out) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    out.lit<R"({"StringValue":)">();
    out.string(*text);
  } else if (const auto* number = std::get_if<double>(&value)) {
    out.lit<R"({"NumberValue":)">();
    out.real(*number);
  } else {
    out.lit<R"({"BooleanValue":)">();
    out.boolean(std::get<bool>(value));
  }
  out.lit<"}">();
}

// By key: all values of one are side by side.
void annotations(const TraceSummary& trace, JsonWriter& out) {
  out.lit<"{">();
  for (std::size_t i = 0; i < trace.annotations.size(); ++i) {
    const Annotation& annotation = trace.annotations[i];
    const bool same = i > 0 && trace.annotations[i - 1].key == annotation.key;
    if (i > 0 && !same) out.lit<"],">();
    if (!same) {
      out.string(annotation.key);
      out.lit<":[">();
    } else {
      out.lit<",">();
    }
    out.lit<R"({"AnnotationValue":)">();
    annotation_value(annotation.value, out);
    out.lit<R"(,"ServiceIds":)">();
    services_of(trace, annotation.services, out);
    out.lit<"}">();
  }
  if (!trace.annotations.empty()) out.lit<"]">();
  out.lit<"}">();
}

void users(const TraceSummary& trace, JsonWriter& out) {
  list(trace.users, out, [&](const User& user) {
    out.lit<R"({"UserName":)">();
    out.string(user.name);
    out.lit<R"(,"ServiceIds":)">();
    services_of(trace, user.services, out);
    out.lit<"}">();
  });
}

template <core::Literal Key>
void named(const std::vector<std::string>& names, JsonWriter& out) {
  list(names, out, [&](const std::string& name) {
    out.lit<Key>();
    out.string(name);
    out.lit<"}">();
  });
}

void flags(const TraceSummary& trace, JsonWriter& out) {
  out.lit<R"(,"HasFault":)">();
  out.boolean(trace.has_fault);
  out.lit<R"(,"HasError":)">();
  out.boolean(trace.has_error);
  out.lit<R"(,"HasThrottle":)">();
  out.boolean(trace.has_throttle);
  out.lit<R"(,"IsPartial":)">();
  out.boolean(trace.is_partial);
}

void edge(const GraphEdge& edge, JsonWriter& out) {
  out.lit<R"({"ReferenceId":)">();
  out.integer(static_cast<std::int64_t>(edge.to));
  out.lit<R"(,"StartTime":)">();
  seconds(edge.start_ns, out);
  out.lit<R"(,"EndTime":)">();
  seconds(edge.end_ns, out);
  out.lit<R"(,"SummaryStatistics":)">();
  write_statistics(edge.statistics, out);
  out.lit<R"(,"ResponseTimeHistogram":)">();
  write_histogram(edge.response_times, out);
  out.lit<R"(,"Aliases":[]})">();
}

void service(const GraphNode& node, std::size_t place, JsonWriter& out) {
  out.lit<R"({"ReferenceId":)">();
  out.integer(static_cast<std::int64_t>(place));
  out.lit<",">();
  service_id(node.id, node.alias, out);
  if (node.root) out.lit<R"(,"Root":true)">();
  const bool told = !node.client && !node.inferred;
  out.lit<R"(,"State":)">();
  out.string(told ? "active" : "unknown");
  out.lit<R"(,"StartTime":)">();
  seconds(node.start_ns, out);
  out.lit<R"(,"EndTime":)">();
  seconds(node.end_ns, out);
  out.lit<R"(,"Edges":)">();
  list(node.edges, out, [&](const GraphEdge& one) { edge(one, out); });
  if (!node.client) {
    out.lit<R"(,"SummaryStatistics":)">();
    write_statistics(node.statistics, out);
    out.lit<R"(,"DurationHistogram":)">();
    write_histogram(node.response_times, out);
    out.lit<R"(,"ResponseTimeHistogram":)">();
    write_histogram(node.response_times, out);
  }
  out.lit<"}">();
}

}  // namespace

void write_summary(const TraceSummary& trace, JsonWriter& out) {
  out.lit<R"({"Id":)">();
  out.string(trace.id.xray());
  out.lit<R"(,"StartTime":)">();
  seconds(trace.start_ns, out);
  out.lit<R"(,"Duration":)">();
  seconds(trace.duration_ns, out);
  if (trace.response_time_ns) {
    out.lit<R"(,"ResponseTime":)">();
    seconds(*trace.response_time_ns, out);
  }
  flags(trace, out);
  out.lit<R"(,"Http":)">();
  http(trace.http, out);
  out.lit<R"(,"Annotations":)">();
  annotations(trace, out);
  out.lit<R"(,"Users":)">();
  users(trace, out);
  out.lit<R"(,"ServiceIds":)">();
  list(trace.services, out, [&](const Service& one) {
    out.lit<"{">();
    service_id(one.id, one.alias, out);
    out.lit<"}">();
  });
  out.lit<R"(,"ResourceARNs":)">();
  named<R"({"ARN":)">(trace.resource_arns, out);
  out.lit<R"(,"InstanceIds":)">();
  named<R"({"Id":)">(trace.instance_ids, out);
  out.lit<R"(,"AvailabilityZones":)">();
  named<R"({"Name":)">(trace.availability_zones, out);
  if (trace.entry_point) {
    const Service& entry = trace.services[*trace.entry_point];
    out.lit<R"(,"EntryPoint":{)">();
    service_id(entry.id, entry.alias, out);
    out.lit<"}">();
  }
  out.lit<"}">();
}

void write_services(const ServiceGraph& graph, JsonWriter& out) {
  std::size_t place = 0;
  list(graph.nodes, out, [&](const GraphNode& node) { service(node, place++, out); });
}

void write_statistics(const Statistics& statistics, JsonWriter& out) {
  out.lit<R"({"OkCount":)">();
  out.integer(statistics.ok);
  out.lit<R"(,"ErrorStatistics":{"ThrottleCount":)">();
  out.integer(statistics.throttles);
  out.lit<R"(,"OtherCount":)">();
  out.integer(statistics.other_errors);
  out.lit<R"(,"TotalCount":)">();
  out.integer(statistics.throttles + statistics.other_errors);
  out.lit<R"(},"FaultStatistics":{"OtherCount":)">();
  out.integer(statistics.faults);
  out.lit<R"(,"TotalCount":)">();
  out.integer(statistics.faults);
  out.lit<R"(},"TotalCount":)">();
  out.integer(statistics.total);
  out.lit<R"(,"TotalResponseTime":)">();
  seconds(statistics.total_response_ns, out);
  out.lit<"}">();
}

void write_histogram(const std::vector<HistogramEntry>& entries, JsonWriter& out) {
  list(entries, out, [&](const HistogramEntry& entry) {
    out.lit<R"({"Value":)">();
    out.real(static_cast<double>(entry.milliseconds) / 1e3);
    out.lit<R"(,"Count":)">();
    out.integer(entry.count);
    out.lit<"}">();
  });
}

}  // namespace spawn::view
