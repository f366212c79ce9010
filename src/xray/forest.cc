// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/forest.h"

#include <algorithm>

namespace spawn::xray {
namespace {

// What the attributes may add, the writer sees.
bool may_be_inside(const trace::SpanRecord& span) {
  return span.parent_id.valid() && !span.parent_remote && !span.in_progress &&
         span.duration_ns() < kShortEnough.count() && span.link_count() == 0 &&
         span.kind != trace::SpanKind::server && span.kind != trace::SpanKind::consumer;
}

}  // namespace

void Forest::plant(std::span<const trace::SpanRecord> spans, bool apart) {
  spans_ = spans;
  nodes_.assign(spans.size(), Node{});
  roots_.clear();
  by_id_.clear();
  const auto count = static_cast<std::uint32_t>(spans.size());
  if (!apart && count > 1) {
    for (std::uint32_t i = 0; i < count; ++i) by_id_.emplace_back(spans[i].span_id.value, i);
    std::ranges::sort(by_id_);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!may_be_inside(spans[i])) continue;
      const std::uint64_t parent = spans[i].parent_id.value;
      const auto found = std::ranges::lower_bound(by_id_, std::pair(parent, std::uint32_t{0}));
      if (found == by_id_.end() || found->first != parent) continue;
      // A subsegment's resource is its segment's.
      if (spans[found->second].resource == spans[i].resource) nodes_[i].parent = found->second;
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (nodes_[i].parent != kNone && is_too_deep(i)) nodes_[i].parent = kNone;
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

// So is every span of a circle.
bool Forest::is_too_deep(std::uint32_t at) const {
  for (std::size_t depth = 0; nodes_[at].parent != kNone; ++depth) {
    if (depth + 1 == kDeepest) return true;
    at = nodes_[at].parent;
  }
  return false;
}

void Forest::cut(std::uint32_t parent, std::uint32_t before, std::uint32_t at) {
  (before == kNone ? nodes_[parent].child : nodes_[before].next) = kNone;
  for (; at != kNone; at = std::exchange(nodes_[at].next, kNone)) {
    nodes_[at].parent = kNone;
    roots_.push_back(at);
  }
}

std::uint32_t Forest::root_of(std::uint32_t at) const {
  while (nodes_[at].parent != kNone) at = nodes_[at].parent;
  return at;
}

}  // namespace spawn::xray
