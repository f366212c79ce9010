// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/substitution.h"

#include <fmt/format.h>

#include "core/text.h"

namespace spawn::otelconfig {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::size_t size_of_name(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() &&
         (is_letter(text[size]) || (size > 0 && text[size] >= '0' && text[size] <= '9'))) {
    ++size;
  }
  return size;
}

// What stands between the braces.
core::Result<std::string> value_of(std::string_view reference, const core::Env& env) {
  constexpr std::string_view kEnv = "env:";
  constexpr std::string_view kDefault = ":-";
  std::string_view rest = reference;
  if (rest.starts_with(kEnv)) rest.remove_prefix(kEnv.size());
  const std::string_view name = rest.substr(0, size_of_name(rest));
  rest.remove_prefix(name.size());
  if (name.empty() || (!rest.empty() && !rest.starts_with(kDefault))) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("'${{{}}}' is no reference to a variable; expected ${{NAME}} or "
                                  "${{NAME:-default}}, or $$ for a dollar sign",
                                  core::visible(core::utf8_prefix(reference, 60))));
  }
  if (auto value = env.get_non_empty(name)) return std::move(*value);
  return std::string(rest.empty() ? rest : rest.substr(kDefault.size()));
}

// `text` has no "$$" in it.
core::Status append_substituted(std::string& to, std::string_view text, const core::Env& env) {
  for (;;) {
    const auto begin = text.find("${");
    const auto end = begin == std::string_view::npos ? begin : text.find_first_of("}\n\r", begin);
    if (end == std::string_view::npos || text[end] != '}') {
      // No reference before the end of a line, so that this dollar sign is one.
      const auto upto = end == std::string_view::npos ? text.size() : end;
      to += text.substr(0, upto);
      if (upto == text.size()) return core::ok();
      text.remove_prefix(upto);
      continue;
    }
    to += text.substr(0, begin);
    const auto value = value_of(text.substr(begin + 2, end - begin - 2), env);
    if (!value) return core::fail(value.error());
    to += *value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

core::Result<std::string> substitute(std::string_view text, const core::Env& env) {
  constexpr std::string_view kEscape = "$$";
  std::string result;
  for (;;) {
    const auto escape = text.find(kEscape);
    if (auto s = append_substituted(result, text.substr(0, escape), env); !s) {
      return core::fail(std::move(s.error()));
    }
    if (escape == std::string_view::npos) return result;
    result += '$';
    text.remove_prefix(escape + kEscape.size());
  }
}

}  // namespace spawn::otelconfig
