// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/forest.h"

#include <algorithm>

#include "trace/attributes.h"

namespace spawn::xray {
namespace {

constexpr std::uint32_t kUnknown = UINT32_MAX;
constexpr std::uint32_t kOnPath = UINT32_MAX - 1;

// What other attributes may say, the writer sees.
bool may_be_inside(const trace::SpanRecord& span) {
  if (!span.parent_id.valid() || span.parent_remote || span.in_progress ||
      span.duration_ns() >= kNeverAnnounced.count() || span.link_count() > 0 ||
      span.kind == trace::SpanKind::server || span.kind == trace::SpanKind::consumer) {
    return false;
  }
  // Closed by a successor, with an end that is a guess.
  return span.status != trace::StatusCode::error || !span.find(trace::key::kUnfinished);
}

}  // namespace

void Forest::plant(std::span<const trace::SpanRecord> spans, bool apart,
                   const std::unordered_set<std::uint64_t>& announced) {
  spans_ = spans;
  nodes_.assign(spans.size(), Node{});
  roots_.clear();
  const auto count = static_cast<std::uint32_t>(spans.size());
  if (!apart && count > 1) {
    find_parents(announced);
    cut_where_too_deep();
  }
  // From the last one, so that children stand in the order they came.
  for (std::uint32_t i = count; i-- > 0;) {
    const std::uint32_t parent = nodes_[i].parent;
    if (parent == kNone) continue;
    nodes_[i].next = std::exchange(nodes_[parent].child, i);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (nodes_[i].parent == kNone) roots_.push_back(i);
  }
}

void Forest::find_parents(const std::unordered_set<std::uint64_t>& announced) {
  by_id_.clear();
  for (std::uint32_t i = 0; i < spans_.size(); ++i) by_id_.emplace_back(spans_[i].span_id.value, i);
  std::ranges::sort(by_id_);
  for (std::uint32_t i = 0; i < spans_.size(); ++i) {
    if (!may_be_inside(spans_[i])) continue;
    if (!announced.empty() && announced.count(spans_[i].span_id.value) > 0) continue;
    const std::uint64_t parent = spans_[i].parent_id.value;
    const auto found = std::ranges::lower_bound(by_id_, std::pair(parent, std::uint32_t{0}));
    if (found == by_id_.end() || found->first != parent) continue;
    // A subsegment's resource is its segment's.
    if (spans_[found->second].resource == spans_[i].resource) nodes_[i].parent = found->second;
  }
}

// Parents before children, whatever order they came in. A circle is cut where it closes.
void Forest::cut_where_too_deep() {
  depths_.assign(nodes_.size(), kUnknown);
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    std::uint32_t at = i;
    for (; depths_[at] == kUnknown; at = nodes_[at].parent) {
      depths_[at] = kOnPath;
      path_.push_back(at);
      if (nodes_[at].parent == kNone) break;
      if (depths_[nodes_[at].parent] == kOnPath) {
        nodes_[at].parent = kNone;
        break;
      }
    }
    for (; !path_.empty(); path_.pop_back()) {
      Node& node = nodes_[path_.back()];
      const std::uint32_t depth = node.parent == kNone ? 0 : depths_[node.parent] + 1;
      if (depth == kDeepest) node.parent = kNone;
      depths_[path_.back()] = depth % kDeepest;
    }
  }
}

void Forest::make_root(std::uint32_t at) {
  nodes_[at].parent = kNone;
  nodes_[at].next = kNone;
  roots_.push_back(at);
}

void Forest::cut_one(std::uint32_t parent, std::uint32_t before) {
  std::uint32_t& link = link_after(parent, before);
  const std::uint32_t at = std::exchange(link, nodes_[link].next);
  make_root(at);
}

void Forest::cut_rest(std::uint32_t parent, std::uint32_t before) {
  std::uint32_t at = std::exchange(link_after(parent, before), kNone);
  while (at != kNone) {
    const std::uint32_t next = nodes_[at].next;
    make_root(at);
    at = next;
  }
}

std::uint32_t Forest::root_of(std::uint32_t at) const {
  while (nodes_[at].parent != kNone) at = nodes_[at].parent;
  return at;
}

}  // namespace spawn::xray
