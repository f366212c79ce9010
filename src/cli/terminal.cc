// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "core/text.h"

namespace spawn::cli {
namespace {

constexpr std::size_t kNarrowest = 60;
constexpr std::size_t kWidest = 1000;

// The first of the variables that is set decides (POSIX, 8.2).
bool locale_is_utf8(const core::Env& env) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const auto value = env.get_non_empty(name)) {
      const std::string locale = core::to_lower(*value);
      return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    }
  }
  return false;
}

bool wants_color(const Terminal& terminal, ColorWhen color, const core::Env& env) {
  if (color != ColorWhen::automatic) return color == ColorWhen::always;
  return terminal.is_terminal && !env.get_non_empty("NO_COLOR") &&
         env.get("TERM").value_or("") != "dumb";
}

}  // namespace

Terminal look_at(int fd) {
  Terminal terminal;
  terminal.is_terminal = isatty(fd) == 1;
  winsize size{};
  if (terminal.is_terminal && ioctl(fd, TIOCGWINSZ, &size) == 0) terminal.columns = size.ws_col;
  return terminal;
}

std::optional<ColorWhen> parse_color_when(std::string_view text) {
  if (text == "auto") return ColorWhen::automatic;
  if (text == "always") return ColorWhen::always;
  if (text == "never") return ColorWhen::never;
  return std::nullopt;
}

view::WaterfallStyle style_for(const Terminal& terminal, ColorWhen color, const core::Env& env) {
  view::WaterfallStyle style;
  std::size_t columns = terminal.columns;
  if (const auto asked = core::parse_int(env.get("COLUMNS").value_or("")); asked && *asked > 0) {
    columns = static_cast<std::size_t>(*asked);
  }
  if (columns > 0) style.width = std::clamp(columns, kNarrowest, kWidest);
  style.color = wants_color(terminal, color, env);
  style.unicode = locale_is_utf8(env);
  return style;
}

}  // namespace spawn::cli
