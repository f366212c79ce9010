// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/waterfall_rows.h"

#include <algorithm>

#include "view/span_text.h"

namespace spawn::view {
namespace {

// What the rows so far say about a call's attempts.
struct Attempts {
  std::size_t count = 0;
  bool any_before = false;
  std::int64_t last_end_ns = 0;
};

bool is_leaf(const Tree& tree, std::size_t row) {
  return row + 1 == tree.rows.size() || tree.rows[row + 1].depth <= tree.rows[row].depth;
}

void note_wait(Attempts& attempts, WaterfallRow& row) {
  if (attempts.any_before) row.waited_ns = time_between(attempts.last_end_ns, row.span->start_ns);
  attempts.any_before = !row.span->in_progress;
  attempts.last_end_ns = row.span->end_ns;
}

// From below: the first row met at a depth is its list's last, until a shallower row begins a new
// list.
void mark_neighbours(std::vector<WaterfallRow>& rows) {
  std::vector<bool> met;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    row->has_children = met.size() > row->depth + 1;
    row->last_child = met.size() <= row->depth || !met[row->depth];
    met.resize(row->depth + 1, false);
    met[row->depth] = true;
  }
}

}  // namespace

std::vector<WaterfallRow> choose_rows(const Tree& tree) {
  std::vector<Attempts> attempts(tree.rows.size());  // by the call's row
  for (const TreeRow& row : tree.rows) {
    if (row.parent != kNoRow && is_attempt(*row.span)) ++attempts[row.parent].count;
  }
  std::vector<WaterfallRow> rows;
  rows.reserve(tree.rows.size());
  for (std::size_t i = 0; i < tree.rows.size(); ++i) {
    const TreeRow& in_tree = tree.rows[i];
    WaterfallRow row;
    row.in_tree = &in_tree;
    row.span = in_tree.span;
    row.depth = in_tree.depth;
    row.new_service = service_of(*row.span);
    if (in_tree.parent != kNoRow) {
      if (row.new_service == service_of(*tree.rows[in_tree.parent].span)) row.new_service = {};
      row.attempt = is_attempt(*row.span);
      if (row.attempt && attempts[in_tree.parent].count == 1 && is_leaf(tree, i)) continue;
      if (row.attempt) note_wait(attempts[in_tree.parent], row);
    }
    rows.push_back(row);
  }
  mark_neighbours(rows);
  return rows;
}

std::int64_t time_between(std::int64_t from, std::int64_t to) {
  if (to <= from) return 0;
  const std::uint64_t ns = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  return static_cast<std::int64_t>(std::min<std::uint64_t>(ns, INT64_MAX));
}

std::string_view service_of(const trace::SpanRecord& span) {
  return span.resource == nullptr ? std::string_view() : span.resource->service_name();
}

}  // namespace spawn::view
