// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Attribute values as OpenTelemetry has them: string, bool, 64-bit integer, double, and arrays of
// one of these. OwnedValue owns its bytes; Value is a view into a SpanRecord and lives as long as
// it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spawn::trace {

using OwnedValue = std::variant<std::string, bool, std::int64_t, double, std::vector<std::string>,
                                std::vector<bool>, std::vector<std::int64_t>, std::vector<double>>;

enum class ValueType : std::uint8_t {
  string,
  boolean,
  integer,
  real,
  strings,
  booleans,
  integers,
  reals
};

// A value inside a record. Arrays are walked with for_each_element.
class Value {
 public:
  Value(ValueType type, std::string_view bytes) : bytes_(bytes), type_(type) {}

  [[nodiscard]] ValueType type() const { return type_; }
  // Only for the type it names.
  [[nodiscard]] std::string_view string() const { return bytes_; }
  [[nodiscard]] bool boolean() const { return bytes_[0] != 0; }
  [[nodiscard]] std::int64_t integer() const { return read<std::int64_t>(bytes_); }
  [[nodiscard]] double real() const { return read<double>(bytes_); }

  [[nodiscard]] bool is_array() const { return type_ >= ValueType::strings; }
  // Calls f(Value) for every element of an array.
  template <typename F>
  void for_each_element(F&& f) const {
    std::string_view rest = bytes_;
    const auto element =
        static_cast<ValueType>(static_cast<int>(type_) - static_cast<int>(ValueType::strings));
    while (!rest.empty()) {
      std::size_t size = element == ValueType::boolean ? 1 : 8;
      if (element == ValueType::string) {
        size = read<std::uint32_t>(rest);
        rest.remove_prefix(sizeof(std::uint32_t));
      }
      f(Value(element, rest.substr(0, size)));
      rest.remove_prefix(size);
    }
  }

  [[nodiscard]] OwnedValue owned() const;
  // As a person would write it: text as it is, true, 42, 0.5, [a, b].
  [[nodiscard]] std::string display() const;

 private:
  template <typename T>
  static T read(std::string_view bytes) {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  std::string_view bytes_;
  ValueType type_;
};

struct Attribute {
  std::string_view key;
  Value value;
};

}  // namespace spawn::trace
