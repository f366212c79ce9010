// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/trace_diff.h"

#include <algorithm>
#include <map>
#include <utility>

#include "view/critical_path.h"
#include "view/span_text.h"
#include "view/tree.h"
#include "view/waterfall_rows.h"

namespace spawn::view {
namespace {

using Rows = std::map<std::pair<std::string, std::string>, DiffRow>;

void add(const trace::Trace& trace, SpanTotals DiffRow::*side, Rows& rows) {
  const Tree tree = build_tree(trace);
  const std::vector<std::int64_t> selves = self_times(tree);
  for (std::size_t i = 0; i < tree.rows.size(); ++i) {
    // An attempt is part of its call.
    const std::size_t parent = tree.rows[i].parent;
    const bool attempt = parent != kNoRow && is_attempt(*tree.rows[i].span);
    const trace::SpanRecord& span = *tree.rows[attempt ? parent : i].span;
    const std::string service(service_of(span));
    const std::string name(span.name());
    DiffRow& row = rows[{service, name}];
    row.service = service;
    row.name = name;
    SpanTotals& totals = row.*side;
    totals.self_ns += selves[i];
    if (attempt) continue;
    ++totals.count;
    totals.errors += span.status == trace::StatusCode::error ? 1 : 0;
  }
}

}  // namespace

std::vector<DiffRow> compare_traces(const trace::Trace& a, const trace::Trace& b) {
  Rows rows;
  add(a, &DiffRow::a, rows);
  add(b, &DiffRow::b, rows);
  std::vector<DiffRow> list;
  for (auto& [key, row] : rows) list.push_back(std::move(row));
  const auto size_of = [](const DiffRow& row) {
    return row.change_ns() < 0 ? -row.change_ns() : row.change_ns();
  };
  std::ranges::stable_sort(list, std::ranges::greater(), size_of);
  return list;
}

}  // namespace spawn::view
