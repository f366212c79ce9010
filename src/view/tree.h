// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace's spans as a forest, in the order a person reads them: children under their parent, siblings
// by start time. A span whose parent is not in the trace is a root and marked. Cycles (hostile input)
// are broken. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/source.h"

namespace spawn::view {

struct TreeRow {
  const trace::SpanRecord* span = nullptr;
  std::size_t depth = 0;
  bool last_child = false;      // of its parent
  bool missing_parent = false;  // names a parent that is not here
  std::vector<bool> open_levels;  // for the guides left of it: does level i go on below?
};

struct Tree {
  std::vector<TreeRow> rows;     // depth first
  std::int64_t start_ns = 0;     // earliest start
  std::int64_t end_ns = 0;       // latest end
};

// Points into `trace`.
Tree build_tree(const trace::Trace& trace);

}  // namespace spawn::view
