// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON as it is read: a value tree with bounded depth, safe on hostile input. On the hot path JSON
// is written by core/json_write.h, which never builds a tree; to_text() is for requests and the
// like. Numbers keep being integers where the text was one; broken characters become U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

namespace spawn::core {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object =
      std::vector<Member>;  // in the order of the text; the last duplicate wins in find()

  Json() = default;
  template <typename T>
  explicit Json(T value) : value_(std::move(value)) {}

  // Code::invalid_argument with the byte position. Depth counts arrays and objects.
  static Result<Json> parse(std::string_view text, int max_depth = 64);

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] const double* real() const { return std::get_if<double>(&value_); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] Array* array() { return std::get_if<Array>(&value_); }
  [[nodiscard]] Object* object() { return std::get_if<Object>(&value_); }

  // The member of an object; null when this is no object or has no such member.
  [[nodiscard]] const Json* find(std::string_view key) const;
  // The member's text, or "" when absent or of another type.
  [[nodiscard]] std::string_view text_at(std::string_view key) const;
  // Integer or real, as a double; nothing for other types.
  [[nodiscard]] std::optional<double> number() const;

  // As JSON again, without blanks. Text must be valid UTF-8.
  [[nodiscard]] std::string to_text() const;

 private:
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace spawn::core
