// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/tree.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spawn::view {
namespace {

using trace::SpanRecord;

// A span on its way into the tree; named by its index in the trace, parents too.
struct Node {
  const SpanRecord* span;
  std::size_t parent = kNoRow;
  bool missing_parent = false;
  bool cut_circle = false;
};

// By start; then what a person would expect of equal starts: first ended first, "attempt 2" before
// "attempt 10".
bool reads_before(const SpanRecord& a, const SpanRecord& b) {
  const auto order = [](const SpanRecord& s) {
    return std::make_tuple(s.start_ns, s.in_progress, s.end_ns, s.name().size(), s.name());
  };
  return order(a) < order(b);
}

std::vector<Node> link_parents(const std::vector<SpanRecord>& spans) {
  // Sorted, not hashed: ids come from outside and could be chosen to collide.
  std::vector<std::pair<trace::SpanId, std::size_t>> by_id;
  by_id.reserve(spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) by_id.emplace_back(spans[i].span_id, i);
  std::ranges::sort(by_id);

  std::vector<Node> nodes;
  nodes.reserve(spans.size());
  for (const SpanRecord& span : spans) {
    Node node{&span};
    if (span.parent_id.valid()) {
      const auto at =
          std::ranges::lower_bound(by_id, std::make_pair(span.parent_id, std::size_t{0}));
      if (at != by_id.end() && at->first == span.parent_id) {
        node.parent = at->second;
      } else {
        node.missing_parent = true;
      }
    }
    nodes.push_back(node);
  }
  return nodes;
}

// The earliest span of the circle that `on_it` is part of becomes a root.
void cut_circle(std::vector<Node>& nodes, std::size_t on_it) {
  std::size_t earliest = on_it;
  for (std::size_t at = nodes[on_it].parent; at != on_it; at = nodes[at].parent) {
    if (reads_before(*nodes[at].span, *nodes[earliest].span)) earliest = at;
  }
  nodes[earliest].parent = kNoRow;
  nodes[earliest].cut_circle = true;
}

void cut_circles(std::vector<Node>& nodes) {
  // Which walk towards the root came by first; 0 for none.
  std::vector<std::size_t> walk(nodes.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    std::size_t at = i;
    while (at != kNoRow && walk[at] == 0) {
      walk[at] = i + 1;
      at = nodes[at].parent;
    }
    if (at != kNoRow && walk[at] == i + 1) cut_circle(nodes, at);
  }
}

// Every node's children side by side in one list: [first[p], first[p + 1]) of `children`. The roots
// are the children of a node after the last one.
struct Children {
  std::vector<std::size_t> children;
  std::vector<std::size_t> first;
};

Children list_children(const std::vector<Node>& nodes) {
  const std::size_t root = nodes.size();
  const auto parent_of = [&](std::size_t i) {
    return nodes[i].parent == kNoRow ? root : nodes[i].parent;
  };
  Children list;
  list.first.assign(nodes.size() + 2, 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    list.children.push_back(i);
    ++list.first[parent_of(i) + 1];
  }
  for (std::size_t p = 1; p < list.first.size(); ++p) list.first[p] += list.first[p - 1];
  std::ranges::stable_sort(list.children, [&](std::size_t a, std::size_t b) {
    if (parent_of(a) != parent_of(b)) return parent_of(a) < parent_of(b);
    return reads_before(*nodes[a].span, *nodes[b].span);
  });
  return list;
}

void find_bounds(const std::vector<SpanRecord>& spans, Tree& tree) {
  if (spans.empty()) return;
  tree.start_ns = tree.end_ns = spans.front().start_ns;
  for (const SpanRecord& span : spans) {
    tree.start_ns = std::min(tree.start_ns, span.start_ns);
    tree.end_ns = std::max(tree.end_ns, span.start_ns);
    if (!span.in_progress) tree.end_ns = std::max(tree.end_ns, span.end_ns);
  }
}

}  // namespace

Tree build_tree(const trace::Trace& trace) {
  Tree tree;
  find_bounds(trace.spans, tree);
  std::vector<Node> nodes = link_parents(trace.spans);
  cut_circles(nodes);
  const Children list = list_children(nodes);

  struct Waiting {
    std::size_t node;
    std::size_t parent_row;
  };
  std::vector<Waiting> stack;
  const auto push_children_of = [&](std::size_t node, std::size_t row) {
    for (std::size_t c = list.first[node + 1]; c > list.first[node]; --c) {
      stack.push_back({list.children[c - 1], row});
    }
  };
  push_children_of(nodes.size(), kNoRow);
  tree.rows.reserve(nodes.size());
  while (!stack.empty()) {
    const auto [index, parent_row] = stack.back();
    stack.pop_back();
    const Node& node = nodes[index];
    const std::size_t depth = parent_row == kNoRow ? 0 : tree.rows[parent_row].depth + 1;
    tree.rows.push_back({node.span, parent_row, depth, node.missing_parent, node.cut_circle});
    push_children_of(index, tree.rows.size() - 1);
  }
  return tree;
}

}  // namespace spawn::view
