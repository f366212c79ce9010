// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How many terminal columns a text takes, and cutting and wrapping by that measure. A code point is
// one column; East Asian wide and emoji ranges are two; combining marks and other invisible ones
// none (Unicode 15 EastAsianWidth.txt and the Mn/Me categories, as ranges). Text must be valid
// UTF-8 without control characters (core::visible).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace spawn::view {

std::size_t display_width(std::string_view text);

// The text, or as much of it as leaves room for `ellipsis` in `columns`.
std::string cut_to_width(std::string_view text, std::size_t columns, std::string_view ellipsis);

// Lines of at most `columns`, broken at blanks where there are any; what does not fit into
// `max_lines` is cut.
std::vector<std::string> wrap_to_width(std::string_view text, std::size_t columns,
                                       std::size_t max_lines, std::string_view ellipsis);

}  // namespace spawn::view
