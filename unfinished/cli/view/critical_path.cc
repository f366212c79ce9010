// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/critical_path.h"

#include <algorithm>
#include <tuple>

#include "view/waterfall_rows.h"

namespace spawn::view {
namespace {

std::int64_t end_of(const Tree& tree, std::size_t row) {
  const trace::SpanRecord& span = *tree.rows[row].span;
  return span.in_progress ? tree.end_ns : std::max(span.start_ns, span.end_ns);
}

// The rows of each row's children side by side, in the order that `before`
// wants.
class Children {
 public:
  template <typename Before>
  Children(const Tree& tree, const Before& before) : first_(tree.rows.size() + 1, 0) {
    for (std::size_t i = 0; i < tree.rows.size(); ++i) {
      if (tree.rows[i].parent == kNoRow) continue;
      rows_.push_back(i);
      ++first_[tree.rows[i].parent + 1];
    }
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
    std::ranges::sort(rows_, [&](std::size_t a, std::size_t b) {
      const std::size_t parent_a = tree.rows[a].parent;
      const std::size_t parent_b = tree.rows[b].parent;
      return parent_a != parent_b ? parent_a < parent_b : before(a, b);
    });
  }

  [[nodiscard]] std::size_t begin_of(std::size_t row) const { return first_[row]; }
  [[nodiscard]] std::size_t end_of(std::size_t row) const { return first_[row + 1]; }
  std::size_t operator[](std::size_t at) const { return rows_[at]; }

 private:
  std::vector<std::size_t> first_;
  std::vector<std::size_t> rows_;
};

// Children stand below their parents, so from below every end is known before
// it is needed.
std::vector<std::int64_t> ends_with_children(const Tree& tree) {
  std::vector<std::int64_t> ends(tree.rows.size());
  for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = end_of(tree, i);
  for (std::size_t i = ends.size(); i-- > 0;) {
    const std::size_t parent = tree.rows[i].parent;
    if (parent != kNoRow) ends[parent] = std::max(ends[parent], ends[i]);
  }
  return ends;
}

class PathFinder {
 public:
  explicit PathFinder(const Tree& tree)
      : tree_(tree), ends_(ends_with_children(tree)), children_(tree, [&](auto a, auto b) {
          return ends_[a] != ends_[b] ? ends_[a] > ends_[b] : a < b;
        }) {}

  std::vector<PathPiece> find() {
    const std::size_t root = longest_root();
    if (root != kNoRow) walk_back(root);
    std::ranges::reverse(pieces_);
    return std::move(pieces_);
  }

 private:
  struct Step {
    std::size_t row;
    std::int64_t until_ns;   // what is after it is told already
    std::size_t next_child;  // of children_
  };

  [[nodiscard]] std::int64_t start_of(std::size_t row) const {
    return tree_.rows[row].span->start_ns;
  }

  [[nodiscard]] std::int64_t length(std::size_t row) const {
    return time_between(start_of(row), ends_[row]);
  }

  [[nodiscard]] std::size_t longest_root() const {
    std::size_t longest = kNoRow;
    for (std::size_t i = 0; i < tree_.rows.size(); ++i) {
      if (tree_.rows[i].parent != kNoRow) continue;
      if (longest == kNoRow || length(i) > length(longest)) longest = i;
    }
    return longest;
  }

  void walk_back(std::size_t root) {
    std::vector<Step> way{{root, ends_[root], children_.begin_of(root)}};
    while (!way.empty()) {
      Step& step = way.back();
      if (step.next_child == children_.end_of(step.row)) {
        add(step.row, start_of(step.row), step.until_ns);
        const std::int64_t start = start_of(step.row);
        way.pop_back();
        if (!way.empty()) way.back().until_ns = std::min(way.back().until_ns, start);
        continue;
      }
      const std::size_t child = children_[step.next_child++];
      const std::int64_t end = std::min(ends_[child], step.until_ns);
      if (end <= start_of(child)) continue;
      add(step.row, end, step.until_ns);
      step.until_ns = end;
      way.push_back({child, end, children_.begin_of(child)});
    }
  }

  // Only as far as the span itself ran.
  void add(std::size_t row, std::int64_t start, std::int64_t end) {
    start = std::max(start, start_of(row));
    end = std::min(end, end_of(tree_, row));
    if (start < end) pieces_.push_back({row, start, end});
  }

  const Tree& tree_;
  std::vector<std::int64_t> ends_;
  Children children_;
  std::vector<PathPiece> pieces_;  // the last one first
};

}  // namespace

std::vector<PathPiece> critical_path(const Tree& tree) { return PathFinder(tree).find(); }

std::vector<std::int64_t> self_times(const Tree& tree) {
  const auto start_of = [&](std::size_t row) { return tree.rows[row].span->start_ns; };
  const Children children(tree, [&](std::size_t a, std::size_t b) {
    return std::make_tuple(start_of(a), a) < std::make_tuple(start_of(b), b);
  });
  std::vector<std::int64_t> times(tree.rows.size());
  for (std::size_t row = 0; row < times.size(); ++row) {
    const std::int64_t end = end_of(tree, row);
    std::int64_t told = start_of(row);  // until when somebody below it ran, or it did itself
    for (std::size_t at = children.begin_of(row); at < children.end_of(row); ++at) {
      const std::int64_t child_start = std::clamp(start_of(children[at]), told, end);
      const std::int64_t child_end = std::clamp(end_of(tree, children[at]), child_start, end);
      times[row] += time_between(told, child_start);
      told = child_end;
    }
    times[row] += time_between(told, end);
  }
  return times;
}

}  // namespace spawn::view
