// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One span's bar on the time axis, `columns` wide, drawn to an eighth of a column where there are
// block characters for it. However short the span is, something is drawn.
#pragma once

#include <cstddef>
#include <string>

namespace spawn::view {

struct Bar {
  double start = 0;   // as parts of the axis, 0 to 1
  double end = 0;     // not before start
  bool open = false;  // still running: an arrow at its end
};

std::string draw_bar(const Bar& bar, std::size_t columns, bool unicode);

}  // namespace spawn::view
