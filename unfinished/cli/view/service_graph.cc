// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/service_graph.h"

#include <algorithm>
#include <tuple>

namespace spawn::view {
namespace {

// A histogram has few values, however many calls there were.
std::int64_t rounded_milliseconds(std::int64_t ns) {
  std::int64_t step = 1'000'000;
  while (ns / step >= 1000) step *= 10;
  return (ns + step / 2) / step * (step / 1'000'000);
}

}  // namespace

void ServiceGraphBuilder::Tally::count(const Outcome& outcome) {
  const std::int64_t end = outcome.start_ns + outcome.duration_ns;
  start_ns = any ? std::min(start_ns, outcome.start_ns) : outcome.start_ns;
  end_ns = any ? std::max(end_ns, end) : end;
  any = true;
  if (outcome.in_progress) return;
  ++statistics.total;
  if (outcome.fault) {
    ++statistics.faults;
  } else if (outcome.throttle) {
    ++statistics.throttles;
  } else if (outcome.error) {
    ++statistics.other_errors;
  } else {
    ++statistics.ok;
  }
  statistics.total_response_ns += outcome.duration_ns;
  ++histogram[rounded_milliseconds(outcome.duration_ns)];
}

std::vector<HistogramEntry> ServiceGraphBuilder::Tally::sorted() const {
  std::vector<HistogramEntry> entries;
  entries.reserve(histogram.size());
  for (const auto& [milliseconds, count] : histogram) entries.push_back({milliseconds, count});
  std::ranges::sort(entries, {}, &HistogramEntry::milliseconds);
  return entries;
}

void ServiceGraphBuilder::add(const TraceSummary& trace) {
  std::vector<NodeEntry*> nodes;
  nodes.reserve(trace.services.size());
  for (const Service& service : trace.services) {
    NodeEntry& entry = node(service.id);
    entry.second.inferred = entry.second.inferred && service.inferred;
    entry.second.root = entry.second.root || service.root;
    if (entry.second.alias.empty()) entry.second.alias = service.alias;
    nodes.push_back(&entry);
  }
  for (const Visit& visit : trace.visits) {
    NodeEntry* to = nodes[visit.service];
    to->second.tally.count(visit.own);
    NodeEntry* from = nullptr;
    if (visit.caller == kClient) {
      from = &node({to->first.name, "client", ""});
      from->second.client = true;
      from->second.inferred = false;
    } else if (visit.caller != kNoService) {
      from = nodes[visit.caller];
    }
    if (from != nullptr) edges_[{from, to}].count(visit.call);
  }
}

ServiceGraph ServiceGraphBuilder::build() const {
  ServiceGraph graph;
  std::unordered_map<const NodeEntry*, std::size_t> places;
  for (const NodeEntry& entry : nodes_) {
    const auto& [id, node] = entry;
    places.emplace(&entry, graph.nodes.size());
    graph.nodes.push_back({id,
                           node.alias,
                           node.client,
                           node.inferred,
                           node.root,
                           node.tally.start_ns,
                           node.tally.end_ns,
                           node.tally.statistics,
                           node.tally.sorted(),
                           {}});
  }
  for (const auto& [ends, tally] : edges_) {
    GraphNode& from = graph.nodes[places.at(ends.first)];
    from.edges.push_back(
        {places.at(ends.second), tally.start_ns, tally.end_ns, tally.statistics, tally.sorted()});
    if (!from.client) continue;
    // A client is there as long as it calls.
    const bool first = from.edges.size() == 1;
    from.start_ns = first ? tally.start_ns : std::min(from.start_ns, tally.start_ns);
    from.end_ns = std::max(from.end_ns, tally.end_ns);
  }
  for (GraphNode& node : graph.nodes) std::ranges::sort(node.edges, {}, &GraphEdge::to);
  return graph;
}

}  // namespace spawn::view
