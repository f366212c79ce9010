// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who calls whom, counted over any number of traces, as X-Ray draws it: a node
// a service, one for every callee that sent nothing itself, and one for the
// client in front of each root. For the local X-Ray API, the page and `spawn
// trace map`. A call that both sides told of is counted once: at its edge as
// the caller saw it, at its node as the service did. The order of nodes, edges
// and histograms does not depend on the order of traces. Times are nanoseconds
// since the epoch.
// https://docs.aws.amazon.com/xray/latest/api/API_GetServiceGraph.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "view/summary.h"

namespace spawn::view {

struct Statistics {
  std::int64_t total = 0;  // what has ended
  std::int64_t ok = 0;
  std::int64_t throttles = 0;
  std::int64_t other_errors = 0;
  std::int64_t faults = 0;
  std::int64_t total_response_ns = 0;
};

struct HistogramEntry {
  std::int64_t milliseconds = 0;  // rounded; above a second to three digits
  std::int64_t count = 0;
};

struct GraphEdge {
  std::size_t to = 0;  // of ServiceGraph::nodes
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  Statistics statistics;
  std::vector<HistogramEntry> response_times;
};

struct GraphNode {
  ServiceId id;
  std::string alias;
  bool client = false;
  bool inferred = false;
  bool root = false;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  Statistics statistics;  // none of a client
  std::vector<HistogramEntry> response_times;
  std::vector<GraphEdge> edges;
};

struct ServiceGraph {
  std::vector<GraphNode> nodes;  // by name, type and account
};

// Takes summaries one by one and keeps only the counts.
class ServiceGraphBuilder {
 public:
  ServiceGraphBuilder() = default;
  ServiceGraphBuilder(const ServiceGraphBuilder&) = delete;
  ServiceGraphBuilder& operator=(const ServiceGraphBuilder&) = delete;
  ~ServiceGraphBuilder() = default;

  void add(const TraceSummary& trace);
  [[nodiscard]] ServiceGraph build() const;

 private:
  struct Tally {
    std::int64_t start_ns = 0;
    std::int64_t end_ns = 0;
    bool any = false;
    Statistics statistics;
    std::unordered_map<std::int64_t, std::int64_t> histogram;  // milliseconds → count

    void count(const Outcome& outcome);
    [[nodiscard]] std::vector<HistogramEntry> sorted() const;
  };
  struct Node {
    std::string alias;
    bool client = false;
    bool inferred = true;
    bool root = false;
    Tally tally;
  };
  using Nodes = std::map<ServiceId, Node>;
  using NodeEntry = Nodes::value_type;

  NodeEntry& node(const ServiceId& id) { return *nodes_.try_emplace(id).first; }

  Nodes nodes_;
  std::map<std::pair<const NodeEntry*, const NodeEntry*>, Tally> edges_;  // from, to
};

}  // namespace spawn::view
