// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a trace waited for, and what each span did itself. The critical path
// leads from the end of the trace back to its start, always into the child that
// ended last before; the time of a span outside of its children is its own. A
// span goes on as long as something below it does, so that members of a job
// array are on the path of the launch that ended long before them. Spans that
// have not ended go on until the latest time known. Pure; n log n, without
// recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "view/tree.h"

namespace spawn::view {

struct PathPiece {
  std::size_t row = 0;  // of the tree
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

// By time, without overlap; of the root whose work lasts longest. Where no span
// of the path ran, nothing is on it.
std::vector<PathPiece> critical_path(const Tree& tree);

// Of each row, what is left of its span without its children.
std::vector<std::int64_t> self_times(const Tree& tree);

}  // namespace spawn::view
