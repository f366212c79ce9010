// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/attribute.h"

#include <fmt/format.h>

namespace spawn::trace {

OwnedValue Value::owned() const {
  switch (type_) {
    case ValueType::string:
      return std::string(string());
    case ValueType::boolean:
      return boolean();
    case ValueType::integer:
      return integer();
    case ValueType::real:
      return real();
    case ValueType::strings: {
      std::vector<std::string> all;
      for_each_element([&](Value v) { all.emplace_back(v.string()); });
      return all;
    }
    case ValueType::booleans: {
      std::vector<bool> all;
      for_each_element([&](Value v) { all.push_back(v.boolean()); });
      return all;
    }
    case ValueType::integers: {
      std::vector<std::int64_t> all;
      for_each_element([&](Value v) { all.push_back(v.integer()); });
      return all;
    }
    case ValueType::reals: {
      std::vector<double> all;
      for_each_element([&](Value v) { all.push_back(v.real()); });
      return all;
    }
  }
  return std::string();
}

std::string Value::display() const {
  switch (type_) {
    case ValueType::string:
      return std::string(string());
    case ValueType::boolean:
      return boolean() ? "true" : "false";
    case ValueType::integer:
      return fmt::format("{}", integer());
    case ValueType::real:
      return fmt::format("{}", real());
    default:
      break;
  }
  std::string all = "[";
  for_each_element([&](Value v) {
    if (all.size() > 1) all += ", ";
    all += v.display();
  });
  return all + "]";
}

}  // namespace spawn::trace
