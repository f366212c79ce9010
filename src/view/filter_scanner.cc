// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/filter_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "view/text_width.h"

namespace spawn::view {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}
bool is_number_part(char c) { return is_word(c) || c == '-' || c == '+'; }

// From `at` as far as `belongs` is true of every character.
template <typename Belongs>
std::string_view run(std::string_view text, std::size_t at, const Belongs& belongs) {
  const auto* end = std::find_if_not(text.begin() + at, text.end(), belongs);
  return text.substr(at, static_cast<std::size_t>(end - text.begin()) - at);
}

}  // namespace

std::size_t FilterScanner::place() {
  at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
  return at_;
}

bool FilterScanner::next_is(std::string_view token) {
  return text_.substr(place()).starts_with(token);
}

bool FilterScanner::take(std::string_view token) {
  if (!next_is(token)) return false;
  at_ += token.size();
  return true;
}

std::string_view FilterScanner::peek_word() { return run(text_, place(), is_word); }

std::string_view FilterScanner::take_word() {
  const std::string_view word = peek_word();
  at_ += word.size();
  return word;
}

bool FilterScanner::take_word(std::string_view wanted) {
  if (!core::iequals(peek_word(), wanted)) return false;
  at_ += wanted.size();
  return true;
}

std::optional<std::string_view> FilterScanner::take_until(char end) {
  const std::size_t found = text_.find(end, place());
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view before = text_.substr(at_, found - at_);
  at_ = found;
  return before;
}

std::string FilterScanner::take_text() {
  const std::size_t begin = at_++;
  std::string text;
  for (; at_ < text_.size(); ++at_) {
    if (text_[at_] == '"') {
      ++at_;
      return text;
    }
    const std::string_view next = text_.substr(at_ + 1, 1);
    if (text_[at_] == '\\' && (next == "\"" || next == "\\")) ++at_;
    text += text_[at_];
  }
  fail_since(begin, "this text has no closing double quote");
  return text;
}

std::optional<AnnotationValue> FilterScanner::take_value() {
  if (next_is("\"")) return take_text();
  std::optional<AnnotationValue> value;
  const std::string_view word = run(text_, at_, is_number_part);
  if (core::iequals(word, "true") || core::iequals(word, "false")) {
    value = core::iequals(word, "true");
  } else if (const auto number = core::parse_double(word)) {
    value = *number;
  }
  if (value) at_ += word.size();
  return value;
}

void FilterScanner::fail_here(std::string message) {
  const std::size_t begin = place();
  const std::size_t word = run(text_, begin, is_number_part).size();
  at_ += std::max(word, std::min<std::size_t>(1, text_.size() - at_));
  fail_since(begin, std::move(message));
}

void FilterScanner::fail_since(std::size_t begin, std::string message, bool unsupported) {
  if (error_) return;
  std::size_t end = at_;
  while (end > begin && kBlanks.find(text_[end - 1]) != std::string_view::npos) --end;
  error_ = FilterError{begin, end - begin, std::move(message), unsupported};
}

bool FilterScanner::expect(std::string_view token) {
  if (take(token)) return true;
  fail_here(fmt::format("'{}' was expected", token));
  return false;
}

std::string explain(std::string_view expression, const FilterError& error) {
  const std::size_t end = std::min(expression.size(), error.at + error.length);
  const std::string before = core::visible(expression.substr(0, error.at));
  const std::string wrong = core::visible(expression.substr(error.at, end - error.at));
  std::string carets(display_width(before), ' ');
  carets.append(std::max<std::size_t>(1, display_width(wrong)), '^');
  return fmt::format("{}\n  {}{}{}\n  {}", error.message, before, wrong,
                     core::visible(expression.substr(end)), carets);
}

}  // namespace spawn::view
