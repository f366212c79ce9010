// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/attributes.h"

#include <limits>

#include "core/base64.h"
#include "otel/ids.h"

namespace spawn::otel {
namespace {

namespace nostd = opentelemetry::nostd;

trace::OwnedValue unsigned_value(std::uint64_t number) {
  if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return static_cast<std::int64_t>(number);
  }
  return std::to_string(number);
}

// One overload for each alternative of AttributeValue.
struct Owned {
  trace::OwnedValue operator()(bool value) const { return value; }
  trace::OwnedValue operator()(std::int32_t value) const { return std::int64_t{value}; }
  trace::OwnedValue operator()(std::int64_t value) const { return value; }
  trace::OwnedValue operator()(std::uint32_t value) const { return std::int64_t{value}; }
  trace::OwnedValue operator()(std::uint64_t value) const { return unsigned_value(value); }
  trace::OwnedValue operator()(double value) const { return value; }
  trace::OwnedValue operator()(const char* value) const {
    return std::string(value != nullptr ? value : "");
  }
  trace::OwnedValue operator()(nostd::string_view value) const {
    return std::string(value.data(), value.size());
  }
  trace::OwnedValue operator()(nostd::span<const bool> values) const {
    return std::vector<bool>(values.begin(), values.end());
  }
  trace::OwnedValue operator()(nostd::span<const double> values) const {
    return std::vector<double>(values.begin(), values.end());
  }
  trace::OwnedValue operator()(nostd::span<const std::uint64_t> values) const {
    std::vector<std::int64_t> numbers;
    std::vector<std::string> texts;
    for (const std::uint64_t value : values) {
      texts.push_back(std::to_string(value));
      numbers.push_back(static_cast<std::int64_t>(value));
    }
    for (const std::int64_t number : numbers) {
      if (number < 0) return texts;
    }
    return numbers;
  }
  trace::OwnedValue operator()(nostd::span<const std::uint8_t> bytes) const {
    return core::base64_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  trace::OwnedValue operator()(nostd::span<const nostd::string_view> values) const {
    std::vector<std::string> texts;
    for (const nostd::string_view value : values) texts.emplace_back(value.data(), value.size());
    return texts;
  }
  template <typename Integer>
  trace::OwnedValue operator()(nostd::span<const Integer> values) const {
    return std::vector<std::int64_t>(values.begin(), values.end());
  }
};

}  // namespace

trace::OwnedValue owned_value(const opentelemetry::common::AttributeValue& value) {
  return nostd::visit(Owned{}, value);
}

void set_attribute(trace::SpanRecord& record, std::string_view key,
                   const opentelemetry::common::AttributeValue& value) {
  if (const auto* const text = nostd::get_if<nostd::string_view>(&value)) {
    record.set(key, from_api(*text));
  } else if (const auto* const characters = nostd::get_if<const char*>(&value)) {
    record.set(key, *characters != nullptr ? std::string_view(*characters) : std::string_view());
  } else if (const auto* const number = nostd::get_if<std::int64_t>(&value)) {
    record.set(key, *number);
  } else if (const auto* const small = nostd::get_if<std::int32_t>(&value)) {
    record.set(key, std::int64_t{*small});
  } else if (const auto* const truth = nostd::get_if<bool>(&value)) {
    record.set(key, *truth);
  } else if (const auto* const real = nostd::get_if<double>(&value)) {
    record.set(key, *real);
  } else {
    record.set(key, owned_value(value));
  }
}

}  // namespace spawn::otel
