// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What one exporter holds between reading and sending: decides which spans go together. For a
// service that counts bytes per trace (X-Ray: 500 KB in a burst, 100 KB when trickled), the spans
// of a trace wait for their local root and go at once; a tree whose root does not end goes when its
// first span has waited long enough, and the oldest tree goes when too much is held. For others
// everything goes in the order it came. Also knows up to where all is settled. Pure; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

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
  };
  explicit Gather(const Limits& limits) : limits_(limits) {}

  void add(store::Taken&& span, std::int64_t now_ns) {
    ++held_;
    const trace::SpanRecord& record = span.record;
    const bool is_root = !record.parent_id.valid() || record.parent_remote;
    const auto tree = limits_.whole_traces ? by_trace_.find(record.trace_id) : by_trace_.end();
    if (tree != by_trace_.end()) {
      tree->second->spans.push_back(std::move(span));
      if (is_root) make_ready(tree->second);
    } else if (limits_.whole_traces && !is_root) {
      trees_.push_back({record.trace_id, now_ns, {}});
      by_trace_[record.trace_id] = std::prev(trees_.end());
      trees_.back().spans.push_back(std::move(span));
    } else {
      ready_.push_back(std::move(span));
      group_ends_.push_back(++added_);
    }
    if (held_ >= limits_.spans && ready() == 0) make_ready(trees_.begin());
  }
  [[nodiscard]] bool full() const { return held_ >= limits_.spans; }
  // For a whole batch.
  [[nodiscard]] bool enough() const { return ready() >= limits_.batch_spans; }
  [[nodiscard]] std::size_t held() const { return held_; }

  // What goes now, whole trees, as many as a batch takes but at least one. `all`: do not wait for
  // roots.
  std::vector<store::Taken> next(std::int64_t now_ns, bool all) {
    while (!trees_.empty() && (all || now_ns - trees_.front().since_ns >= limits_.hold.count())) {
      make_ready(trees_.begin());
    }
    std::vector<store::Taken> batch;
    while (!group_ends_.empty()) {
      const auto group = static_cast<std::size_t>(group_ends_.front() - taken_);
      if (!batch.empty() && batch.size() + group > limits_.batch_spans) break;
      for (std::size_t i = 0; i < group; ++i) {
        batch.push_back(std::move(ready_[first_ready_++]));
      }
      taken_ = group_ends_.front();
      group_ends_.pop_front();
    }
    held_ -= batch.size();
    if (first_ready_ > 1024 || first_ready_ == ready_.size()) {
      ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(first_ready_));
      first_ready_ = 0;
    }
    return batch;
  }
  // Those could not be sent: they are the next ones.
  void put_back(std::vector<store::Taken>&& spans) {
    if (spans.empty()) return;
    held_ += spans.size();
    ready_.insert(ready_.begin() + static_cast<std::ptrdiff_t>(first_ready_),
                  std::make_move_iterator(spans.begin()), std::make_move_iterator(spans.end()));
    taken_ -= spans.size();
    group_ends_.push_front(taken_ + spans.size());
  }

  // How long nothing goes by itself.
  [[nodiscard]] core::Nanos until_due(std::int64_t now_ns) const {
    if (ready() > 0) return core::Nanos(0);
    if (trees_.empty()) return core::Nanos::max();
    return core::Nanos(
        std::max<std::int64_t>(0, trees_.front().since_ns + limits_.hold.count() - now_ns));
  }

  void clear() { *this = Gather(limits_); }

 private:
  struct Tree {
    trace::TraceId id;
    std::int64_t since_ns;
    std::vector<store::Taken> spans;
  };
  struct Hash {
    std::size_t operator()(const trace::TraceId& id) const {
      return static_cast<std::size_t>(id.low ^ id.high);
    }
  };

  [[nodiscard]] std::size_t ready() const { return ready_.size() - first_ready_; }
  void make_ready(std::list<Tree>::iterator tree) {
    added_ += tree->spans.size();
    group_ends_.push_back(added_);
    ready_.insert(ready_.end(), std::make_move_iterator(tree->spans.begin()),
                  std::make_move_iterator(tree->spans.end()));
    by_trace_.erase(tree->id);
    trees_.erase(tree);
  }

  Limits limits_;
  std::list<Tree> trees_;  // the oldest first
  std::unordered_map<trace::TraceId, std::list<Tree>::iterator, Hash> by_trace_;
  std::vector<store::Taken> ready_;
  std::size_t first_ready_ = 0;
  std::deque<std::uint64_t> group_ends_;  // counted over everything that ever was ready
  std::uint64_t added_ = 0;
  std::uint64_t taken_ = 0;
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
