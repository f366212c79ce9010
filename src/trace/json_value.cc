// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/json_value.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/json_write.h"

namespace spawn::trace {
namespace {

using core::Json;

void write_json(const Json& json, core::JsonWriter& out) {
  if (const auto* text = json.string()) return out.string(*text);
  if (const auto* flag = json.boolean()) return out.boolean(*flag);
  if (const auto* number = json.integer()) return out.integer(*number);
  if (const auto* number = json.real()) return out.real(*number);
  bool first = true;
  const auto separate = [&] {
    if (!first) out.lit<",">();
    first = false;
  };
  if (const auto* array = json.array()) {
    out.lit<"[">();
    for (const Json& element : *array) {
      separate();
      write_json(element, out);
    }
    return out.lit<"]">();
  }
  if (const auto* object = json.object()) {
    out.lit<"{">();
    for (const auto& [key, value] : *object) {
      separate();
      out.string(key);
      out.lit<":">();
      write_json(value, out);
    }
    return out.lit<"}">();
  }
  out.lit<"null">();
}

std::string json_text(const Json& json) {
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  write_json(json, out);
  return std::string(buffer.view());
}

// JSON has no NaN and no infinity; writers spell them as text.
std::optional<double> real_of(const Json& json) {
  if (const auto number = json.number()) return number;
  const auto* text = json.string();
  if (text == nullptr) return std::nullopt;
  if (*text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (*text == "Infinity") return std::numeric_limits<double>::infinity();
  if (*text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

template <typename T, typename Get>
std::optional<std::vector<T>> all_of_type(const Json::Array& array, Get&& get) {
  std::vector<T> values;
  for (const Json& element : array) {
    const auto value = get(element);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

OwnedValue array_value(const Json& json) {
  const Json::Array& array = *json.array();
  if (auto texts = all_of_type<std::string>(array, [](const Json& e) { return e.string(); })) {
    return *std::move(texts);
  }
  if (auto flags = all_of_type<bool>(array, [](const Json& e) { return e.boolean(); })) {
    return *std::move(flags);
  }
  if (auto numbers = all_of_type<std::int64_t>(array, [](const Json& e) { return e.integer(); })) {
    return *std::move(numbers);
  }
  if (auto numbers = all_of_type<double>(array, real_of)) return *std::move(numbers);
  return json_text(json);
}

}  // namespace

std::optional<OwnedValue> to_attribute_value(const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (const auto* text = json.string()) return *text;
  if (const auto* flag = json.boolean()) return *flag;
  if (const auto* number = json.integer()) return *number;
  if (const auto* number = json.real()) return *number;
  if (json.array() != nullptr) return array_value(json);
  return json_text(json);
}

}  // namespace spawn::trace
