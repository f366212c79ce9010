// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What one exporter holds between reading and sending: decides which spans go together. For a
// service that counts bytes per trace (X-Ray: 500 KB in a burst, 100 KB when trickled), the spans
// of a trace wait for their local root and go at once; a tree whose root does not end goes when its
// first span has waited long enough, and the oldest tree goes when too much is held. For others
// everything goes in the order it came. Also knows up to where all is settled. Pure; one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

#include "core/clock.h"
#include "store/spool.h"

namespace spawn::telemetry {

class Gather {
 public:
  struct Limits {
    bool whole_traces = false;
    std::size_t batch_spans = 50;
    std::size_t spans = 2048;  // held at most
    core::Nanos hold = std::chrono::seconds(5);
    core::Nanos linger{0};  // of what could go, for more to go with it
  };
  explicit Gather(const Limits& limits) : limits_(limits) {}

  // Takes the first of them.
  void add(store::TakenSpans& spans, std::int64_t now_ns) {
    ++held_;
    const trace::SpanRecord& record = spans.front().record;
    const bool is_root = !record.parent_id.valid() || record.parent_remote;
    const auto tree = limits_.whole_traces ? by_trace_.find(record.trace_id) : by_trace_.end();
    if (tree != by_trace_.end()) {
      take_first(spans, tree->second->spans);
      if (is_root) make_ready(tree->second, now_ns);
    } else if (limits_.whole_traces && !is_root) {
      trees_.push_back({record.trace_id, now_ns, {}});
      by_trace_[record.trace_id] = std::prev(trees_.end());
      take_first(spans, trees_.back().spans);
    } else {
      if (ready_.empty()) ready_since_ns_ = now_ns;
      take_first(spans, ready_.emplace_back());
      ++ready_spans_;
    }
    while (held_ - ready_spans_ >= limits_.spans) make_ready(trees_.begin(), now_ns);
  }
  [[nodiscard]] bool full() const { return held_ >= limits_.spans; }
  // For a whole batch.
  [[nodiscard]] bool enough() const { return ready_spans_ >= limits_.batch_spans; }
  // How many more can make a difference to what goes, and when.
  [[nodiscard]] std::size_t missing() const {
    return ready_.empty() || enough() ? 1 : limits_.batch_spans - ready_spans_;
  }
  [[nodiscard]] std::size_t held() const { return held_; }

  // What goes now, whole trees, as many as a batch takes but at least one. `all`: do not wait for
  // roots, nor for more.
  store::TakenSpans next(std::int64_t now_ns, bool all) {
    while (!trees_.empty() && (all || now_ns - trees_.front().since_ns >= limits_.hold.count())) {
      make_ready(trees_.begin(), now_ns);
    }
    store::TakenSpans batch;
    if (!all && until_due(now_ns).count() > 0) return batch;
    while (!ready_.empty() &&
           (batch.empty() || batch.size() + ready_.front().size() <= limits_.batch_spans)) {
      batch.splice(batch.end(), ready_.front());
      ready_.pop_front();
    }
    held_ -= batch.size();
    ready_spans_ -= batch.size();
    ready_since_ns_ = now_ns;
    return batch;
  }
  // Those could not be sent: they are the next ones.
  void put_back(store::TakenSpans&& spans) {
    if (spans.empty()) return;
    held_ += spans.size();
    ready_spans_ += spans.size();
    ready_.push_front(std::move(spans));
    ready_since_ns_ = INT64_MIN / 2;
  }

  // How long nothing goes by itself.
  [[nodiscard]] core::Nanos until_due(std::int64_t now_ns) const {
    std::int64_t due_ns = INT64_MAX;
    if (!ready_.empty())
      due_ns = enough() || full() ? now_ns : ready_since_ns_ + limits_.linger.count();
    if (!trees_.empty()) due_ns = std::min(due_ns, trees_.front().since_ns + limits_.hold.count());
    if (due_ns == INT64_MAX) return core::Nanos::max();
    return core::Nanos(std::max<std::int64_t>(0, due_ns - now_ns));
  }

 private:
  struct Tree {
    trace::TraceId id;
    std::int64_t since_ns;
    store::TakenSpans spans;
  };
  struct Hash {
    std::size_t operator()(const trace::TraceId& id) const {
      return static_cast<std::size_t>(id.low ^ id.high);
    }
  };

  static void take_first(store::TakenSpans& from, store::TakenSpans& to) {
    to.splice(to.end(), from, from.begin());
  }
  void make_ready(std::list<Tree>::iterator tree, std::int64_t now_ns) {
    if (ready_.empty()) ready_since_ns_ = now_ns;
    ready_spans_ += tree->spans.size();
    ready_.push_back(std::move(tree->spans));
    by_trace_.erase(tree->id);
    trees_.erase(tree);
  }

  Limits limits_;
  std::list<Tree> trees_;  // the oldest first
  std::unordered_map<trace::TraceId, std::list<Tree>::iterator, Hash> by_trace_;
  std::deque<store::TakenSpans> ready_;  // each goes whole
  std::size_t ready_spans_ = 0;
  std::int64_t ready_since_ns_ = 0;
  std::size_t held_ = 0;
};

// Sequences in the order they were read, each settled at some time: up to where all are.
class Watermark {
 public:
  void read(std::uint64_t sequence) {
    if (states_.empty()) base_ = sequence;
    while (base_ + states_.size() < sequence) states_.push_back(true);  // nobody's, or gone
    states_.push_back(false);
  }
  void settled(std::uint64_t sequence) {
    states_[static_cast<std::size_t>(sequence - base_)] = true;
    while (!states_.empty() && states_.front()) {
      states_.pop_front();
      ++base_;
    }
  }
  // Every sequence below it is settled, of those that were read.
  [[nodiscard]] std::uint64_t below() const { return base_; }

 private:
  std::deque<bool> states_;
  std::uint64_t base_ = 0;
};

}  // namespace spawn::telemetry
