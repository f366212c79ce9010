// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which spans of a trace go into one document. A subsegment may be sent inside its parent's
// document: then it needs no ids but its own, and a call to X-Ray takes several hundred spans.
// A span stays alone when its parent is not among these, when it may have been sent while it was
// open (its own document must be the one that is replaced), or when it says what only a document of
// its own can. Pure; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "trace/span_record.h"

namespace spawn::xray {

// A span that lasted longer may have been announced (telemetry::Options::announce_after), also by a
// predecessor of this process.
inline constexpr core::Nanos kNeverAnnounced = std::chrono::seconds(1);
inline constexpr std::size_t kDeepest = 20;  // generations in one document

class Forest {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // Takes the spans of one trace, which must outlive it or the next plant(). `apart`: no span goes
  // into another one's document; of `announced` none does either.
  void plant(std::span<const trace::SpanRecord> spans, bool apart,
             const std::unordered_set<std::uint64_t>& announced);

  [[nodiscard]] const trace::SpanRecord& span(std::uint32_t at) const { return spans_[at]; }
  // Those with a document of their own, and those that get one on the way: cut() adds to the end.
  [[nodiscard]] const std::vector<std::uint32_t>& roots() const { return roots_; }
  // Of the children that are in its document the first; of those of its parent the next one.
  [[nodiscard]] std::uint32_t first_child(std::uint32_t at) const { return nodes_[at].child; }
  [[nodiscard]] std::uint32_t next(std::uint32_t at) const { return nodes_[at].next; }
  // The child, or it and all that come after it, get documents of their own: they do not fit into
  // their parent's. `before` is the sibling before it, kNone if it is the first.
  void cut_one(std::uint32_t parent, std::uint32_t before);
  void cut_rest(std::uint32_t parent, std::uint32_t before);
  // The span whose document this one is in.
  [[nodiscard]] std::uint32_t root_of(std::uint32_t at) const;

 private:
  struct Node {
    std::uint32_t parent = kNone;  // none: a root
    std::uint32_t child = kNone;
    std::uint32_t next = kNone;
  };
  void find_parents(const std::unordered_set<std::uint64_t>& announced);
  void cut_where_too_deep();
  std::uint32_t& link_after(std::uint32_t parent, std::uint32_t before) {
    return before == kNone ? nodes_[parent].child : nodes_[before].next;
  }
  void make_root(std::uint32_t at);

  std::span<const trace::SpanRecord> spans_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> by_id_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> depths_;
  std::vector<std::uint32_t> path_;
  std::vector<std::uint32_t> roots_;
};

}  // namespace spawn::xray
