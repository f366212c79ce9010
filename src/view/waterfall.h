// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace as text: tree, bars on a common time axis, durations, errors, attempts, request ids. As
// wide as it is told; never wraps. Names and messages come from outside and are shown with their
// control characters escaped. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "trace/source.h"

namespace spawn::view {

struct WaterfallStyle {
  std::size_t width = 100;  // columns; 60 at least
  bool color = false;       // ANSI; states are also told by words and shapes, never by colour alone
  bool unicode = true;      // false: ASCII tree and bars
};

std::string waterfall(const trace::Trace& trace, const WaterfallStyle& style);

}  // namespace spawn::view
