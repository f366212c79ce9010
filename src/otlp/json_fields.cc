// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/text.h"
#include "otlp/message.h"

namespace spawn::otlp {
namespace {

using core::Json;
using core::Result;

std::string snake_case(std::string_view camel_case) {
  std::string snake;
  for (const char c : camel_case) {
    if (c >= 'A' && c <= 'Z') {
      snake += '_';
      snake += static_cast<char>(c - 'A' + 'a');
    } else {
      snake += c;
    }
  }
  return snake;
}

// What was there instead, for a message.
std::string shown(const Json& json) {
  constexpr std::size_t kShown = 60;
  if (const auto* text = json.string()) {
    return fmt::format("'{}'", core::utf8_prefix(*text, kShown));
  }
  if (const auto* number = json.integer()) return fmt::format("{}", *number);
  if (const auto* number = json.real()) return fmt::format("{}", *number);
  if (const auto* flag = json.boolean()) return *flag ? "true" : "false";
  if (json.is_null()) return "null";
  return json.array() != nullptr ? "a list" : "an object";
}

template <typename T>
std::optional<T> whole_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// 42, "42", and 4.2e1, which is a whole number too.
template <typename T>
std::optional<T> whole_number(const Json& json) {
  if (const auto* text = json.string()) return whole_number<T>(std::string_view(*text));
  if (const auto* number = json.integer()) {
    if (!std::in_range<T>(*number)) return std::nullopt;
    return static_cast<T>(*number);
  }
  const auto* real = json.real();
  // The limit itself is rounded up, and so is just outside.
  const bool fits = real != nullptr && *real == std::floor(*real) &&
                    *real >= static_cast<double>(std::numeric_limits<T>::min()) &&
                    *real < static_cast<double>(std::numeric_limits<T>::max());
  if (!fits) return std::nullopt;
  return static_cast<T>(*real);
}

std::optional<double> real_number(const Json& json) {
  if (const auto number = json.number()) return number;
  const auto* text = json.string();
  if (text == nullptr) return std::nullopt;
  if (*text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (*text == "Infinity") return std::numeric_limits<double>::infinity();
  if (*text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return core::parse_double(*text);
}

tl::unexpected<core::Error> bad(std::string what) {
  return core::fail(core::Code::invalid_argument, std::move(what));
}

tl::unexpected<core::Error> wrong(std::string_view name, const Json& json,
                                  std::string_view expected) {
  return bad(fmt::format("{}: {} is no {}", name, shown(json), expected));
}

Result<Json> plain_value(const Json& any, int depth);

Result<Json> plain_list(const Json& list, int depth) {
  FieldReader fields(list);
  Json::Array values;
  for (const Json& element : fields.list("values")) {
    auto value = plain_value(element, depth);
    if (!value) return value;
    values.push_back(std::move(*value));
  }
  if (!fields.problem().empty()) return bad(fields.problem_of("arrayValue"));
  return Json(std::move(values));
}

Result<Json> plain_object(const Json& list, int depth) {
  FieldReader fields(list);
  Json::Object members;
  for (const Json& element : fields.list("values")) {
    FieldReader pair(element);
    std::string key;
    pair.text("key", key);
    fields.take_problem_of(pair, fmt::format("values[{}]", members.size()));
    const Json* any = field(element, "value");
    auto value = any != nullptr ? plain_value(*any, depth) : Json();
    if (!value) return value;
    members.emplace_back(std::move(key), std::move(*value));
  }
  if (!fields.problem().empty()) return bad(fields.problem_of("kvlistValue"));
  return Json(std::move(members));
}

Result<Json> plain_value(const Json& any, int depth) {
  if (depth >= kMaxValueDepth) {
    return bad(fmt::format("its values are nested deeper than {}", kMaxValueDepth));
  }
  if (const Json* value = field(any, "stringValue")) {
    if (value->string() == nullptr) return wrong("stringValue", *value, "text");
    return *value;
  }
  if (const Json* value = field(any, "boolValue")) {
    if (value->boolean() == nullptr) return wrong("boolValue", *value, "boolean");
    return *value;
  }
  if (const Json* value = field(any, "intValue")) {
    const auto number = whole_number<std::int64_t>(*value);
    if (!number) return wrong("intValue", *value, "64-bit whole number");
    return Json(*number);
  }
  if (const Json* value = field(any, "doubleValue")) {
    const auto number = real_number(*value);
    if (!number) return wrong("doubleValue", *value, "number");
    return Json(*number);
  }
  if (const Json* value = field(any, "bytesValue")) {
    if (value->string() == nullptr) return wrong("bytesValue", *value, "base64 text");
    return *value;
  }
  if (const Json* value = field(any, "arrayValue")) return plain_list(*value, depth + 1);
  if (const Json* value = field(any, "kvlistValue")) return plain_object(*value, depth + 1);
  if (any.is_null()) return Json();
  if (any.object() == nullptr) {
    return bad(fmt::format(R"(value: {} is no object such as {{"stringValue":"x"}})", shown(any)));
  }
  for (const auto& [name, value] : *any.object()) {
    if (value.is_null()) continue;
    return bad(
        fmt::format("value: {} is none of stringValue, boolValue, intValue, doubleValue, "
                    "bytesValue, arrayValue, kvlistValue",
                    shown(Json(name))));
  }
  return Json();  // OTLP's way to say that there is no value
}

// "…expected 32 hex digits", with the likely reason where there is one.
std::string bad_id(const Json& json, std::size_t digits) {
  std::string what = fmt::format("{} is not {} hex digits", shown(json), digits);
  const auto* text = json.string();
  // 16 bytes are 24 base64 characters, 8 bytes are 12.
  const bool base64 =
      text != nullptr && text->size() == (digits == 32 ? 24 : 12) && text->ends_with('=');
  if (base64) what += "; it looks like base64, which OTLP's JSON does not use for ids";
  return what;
}

}  // namespace

const Json* field(const Json& object, std::string_view camel_case) {
  const Json* member = object.find(camel_case);
  if (member == nullptr && std::ranges::any_of(camel_case, [](char c) { return c < 'a'; })) {
    member = object.find(snake_case(camel_case));
  }
  return member == nullptr || member->is_null() ? nullptr : member;
}

core::Result<Json> plain_value(const Json& any_value) { return plain_value(any_value, 0); }

FieldReader::FieldReader(const Json& object) : object_(object) {
  if (object.object() == nullptr) problem_ = shown(object) + " is no object";
}

void FieldReader::complain(std::string_view name, std::string_view what) {
  if (problem_.empty()) problem_ = fmt::format("{}: {}", name, what);
}

std::string FieldReader::problem_of(std::string_view name) const {
  return fmt::format("{}{}{}", name, object_.object() != nullptr ? "." : ": ", problem_);
}

void FieldReader::take_problem_of(const FieldReader& inner, std::string_view name) {
  if (problem_.empty() && !inner.problem_.empty()) problem_ = inner.problem_of(name);
}

const Json::Array& FieldReader::list(std::string_view name) {
  static const Json::Array none;
  const Json* value = field(object_, name);
  if (value == nullptr) return none;
  if (value->array() != nullptr) return *value->array();
  complain(name, shown(*value) + " is no list");
  return none;
}

void FieldReader::text(std::string_view name, std::string& to) {
  const Json* value = field(object_, name);
  if (value == nullptr) return;
  if (value->string() == nullptr) return complain(name, shown(*value) + " is no text");
  to = *value->string();
}

void FieldReader::id(std::string_view name, trace::TraceId& to) {
  const Json* value = field(object_, name);
  if (value == nullptr || (value->string() != nullptr && value->string()->empty())) return;
  const auto* text = value->string();
  const auto high = text == nullptr ? std::nullopt : core::parse_hex16(text->substr(0, 16), true);
  const auto low = text == nullptr || text->size() != 32
                       ? std::nullopt
                       : core::parse_hex16(text->substr(16), true);
  if (!high || !low) return complain(name, bad_id(*value, 32));
  to = {*high, *low};
}

void FieldReader::id(std::string_view name, trace::SpanId& to) {
  const Json* value = field(object_, name);
  if (value == nullptr || (value->string() != nullptr && value->string()->empty())) return;
  const auto* text = value->string();
  const auto id = text == nullptr ? std::nullopt : core::parse_hex16(*text, true);
  if (!id) return complain(name, bad_id(*value, 16));
  to = {*id};
}

void FieldReader::number(std::string_view name, std::uint32_t& to) {
  const Json* value = field(object_, name);
  if (value == nullptr) return;
  const auto number = whole_number<std::uint32_t>(*value);
  if (!number) return complain(name, shown(*value) + " is no number from 0 to 4294967295");
  to = *number;
}

void FieldReader::number(std::string_view name, std::uint64_t& to) {
  const Json* value = field(object_, name);
  if (value == nullptr) return;
  const auto number = whole_number<std::uint64_t>(*value);
  if (!number) return complain(name, shown(*value) + " is no number from 0 to 2^64 - 1");
  to = *number;
}

void FieldReader::number(std::string_view name, std::int64_t& to) {
  const Json* value = field(object_, name);
  if (value == nullptr) return;
  const auto number = whole_number<std::int64_t>(*value);
  if (!number) return complain(name, shown(*value) + " is no 64-bit number");
  to = *number;
}

void FieldReader::enumeration(std::string_view name, std::span<const std::string_view> names,
                              std::int64_t& to) {
  const Json* value = field(object_, name);
  if (value == nullptr) return;
  if (const auto* text = value->string()) {
    const auto at = std::ranges::find(names, std::string_view(*text));
    if (at != names.end()) {
      to = at - names.begin();
      return;
    }
  }
  const auto number = whole_number<std::int64_t>(*value);
  if (number) {
    to = *number;
  } else {
    complain(name, fmt::format("{} is none of {}", shown(*value), fmt::join(names, ", ")));
  }
}

}  // namespace spawn::otlp
