// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Why a trace looks broken: what is wrong with it, how often, and what that
// probably means, in words for a person. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "trace/source.h"
#include "view/tree.h"

namespace spawn::view {

struct Breakage {
  enum class Kind : unsigned char {
    missing_parent,  // names a span that is not here
    circle,          // its parents lead back to itself
    clock_skew,      // began before the span that caused it
    unfinished,      // had not ended when it was read
    abandoned,       // its process was gone before it ended
    cut,             // X-Ray dropped parts of it
    continued        // goes on from a trace that was full
  };

  Kind kind = Kind::missing_parent;
  std::vector<std::size_t> rows;  // of the tree; none when it is about the whole trace
  std::string text;               // one line, without the marks that a picture gives such rows
};

// `tree` is the trace's. In the order of Kind; nothing for a trace that is
// whole.
std::vector<Breakage> find_breakages(const trace::Trace& trace, const Tree& tree);

}  // namespace spawn::view
