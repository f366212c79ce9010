// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The text of a filter expression, as its parser takes it: words, punctuation, values; and the
// first mistake in it, with its place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "view/filter.h"

namespace spawn::view {

class FilterScanner {
 public:
  explicit FilterScanner(std::string_view text) : text_(text) {}

  // All of these skip blanks first.
  std::size_t place();  // of what comes next
  bool at_end() { return place() == text_.size(); }
  bool next_is(std::string_view token);
  bool take(std::string_view token);
  std::string_view peek_word();  // letters, digits, '_', '.'; "" when something else comes
  std::string_view take_word();
  bool take_word(std::string_view wanted);  // in any case of letters
  // What is before the character; nothing, and nothing taken, when it does not come.
  std::optional<std::string_view> take_until(char end);
  // Only when next_is("\""). A backslash keeps a quote or a backslash.
  std::string take_text();
  // A text, a number, true or false; nothing, and nothing taken, when it is none of them.
  std::optional<AnnotationValue> take_value();

  // The first mistake counts.
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const FilterError& error() const { return *error_; }
  // What comes next is wrong.
  void fail_here(std::string message);
  // What was taken since `begin` is wrong.
  void fail_since(std::size_t begin, std::string message, bool unsupported = false);
  // True when it was there.
  bool expect(std::string_view token);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<FilterError> error_;
};

}  // namespace spawn::view
