// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/value_json.h"

#include <string>
#include <variant>
#include <vector>

namespace spawn::trace {

using core::JsonWriter;

namespace {

struct OwnedWriter {
  JsonWriter& out;
  void operator()(const std::string& v) const { out.string(v); }
  void operator()(bool v) const { out.boolean(v); }
  void operator()(std::int64_t v) const { out.integer(v); }
  void operator()(double v) const { out.real(v); }
  template <typename T>
  void operator()(const std::vector<T>& values) const {
    out.plain("[");
    bool first = true;
    for (const auto& value : values) {
      if (!first) out.plain(",");
      first = false;
      (*this)(static_cast<const T&>(value));
    }
    out.plain("]");
  }
};

}  // namespace

void write_value(const Value& value, JsonWriter& out) {
  switch (value.type()) {
    case ValueType::string:
      return out.string(value.string());
    case ValueType::boolean:
      return out.boolean(value.boolean());
    case ValueType::integer:
      return out.integer(value.integer());
    case ValueType::real:
      return out.real(value.real());
    default:
      break;
  }
  out.plain("[");
  bool first = true;
  value.for_each_element([&](const Value& element) {
    if (!first) out.plain(",");
    first = false;
    write_value(element, out);
  });
  out.plain("]");
}

void write_value(const OwnedValue& value, JsonWriter& out) { std::visit(OwnedWriter{out}, value); }

}  // namespace spawn::trace
