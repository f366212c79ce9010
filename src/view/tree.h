// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace's spans as a forest, in the order a person reads them: depth first, children under their
// parent, siblings by start time. A span whose parent is not in the trace is a root and marked.
// Circles of parents (hostile input) are cut at their earliest span. Pure; works in n log n,
// without recursion, however deep or strange the trace is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/source.h"

namespace spawn::view {

inline constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);

struct TreeRow {
  const trace::SpanRecord* span = nullptr;
  std::size_t parent = kNoRow;  // its row
  std::size_t depth = 0;
  bool missing_parent = false;  // names a parent that is not here
  bool cut_circle = false;      // its parents led back to itself
};

struct Tree {
  std::vector<TreeRow> rows;
  std::int64_t start_ns = 0;  // earliest start
  std::int64_t end_ns = 0;    // latest time anything is known of
};

// Points into `trace`.
Tree build_tree(const trace::Trace& trace);

}  // namespace spawn::view
