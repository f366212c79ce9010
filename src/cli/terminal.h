// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How to draw for whoever reads: width, colour and character set from the terminal, the locale and
// what the person asked for (COLUMNS, NO_COLOR from https://no-color.org, TERM, --color). Piped
// output is plain.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/env.h"
#include "view/waterfall.h"

namespace spawn::cli {

struct Terminal {
  bool is_terminal = false;
  std::size_t columns = 0;  // 0: unknown
};
// What a descriptor leads to.
Terminal look_at(int fd);

enum class ColorWhen { automatic, always, never };
// "auto", "always", "never".
std::optional<ColorWhen> parse_color_when(std::string_view text);

view::WaterfallStyle style_for(const Terminal& terminal, ColorWhen color, const core::Env& env);

}  // namespace spawn::cli
