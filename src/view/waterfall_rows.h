// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which rows of a tree a waterfall shows, and what each must know of its neighbours. The only
// attempt of a call is left out: it says nothing that the call does not say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "view/tree.h"

namespace spawn::view {

struct WaterfallRow {
  const TreeRow* in_tree = nullptr;
  const trace::SpanRecord* span = nullptr;
  std::size_t depth = 0;
  bool last_child = false;       // among the rows that are shown
  bool has_children = false;     // that are shown
  bool attempt = false;          // one of several tries of the call above it
  std::string_view new_service;  // "" when it is its parent's
  std::int64_t waited_ns = 0;    // of an attempt: since the one before
};

// Points into `tree`.
std::vector<WaterfallRow> choose_rows(const Tree& tree);

// to - from; zero when that is negative, and never an overflow.
std::int64_t time_between(std::int64_t from, std::int64_t to);

std::string_view service_of(const trace::SpanRecord& span);

}  // namespace spawn::view
