// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/text.h"

namespace spawn::core {
namespace {

// Builds our tree from nlohmann's events, so that depth is bounded while reading.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit TreeBuilder(int max_depth) : max_depth_(max_depth) {}

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) {
      return add(Json(static_cast<double>(value)));
    }
    return add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override { return add(Json(value)); }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Json(Json::Object())); }
  bool start_array(std::size_t) override { return open(Json(Json::Array())); }
  bool key(string_t& name) override {
    keys_.back() = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    error_ = "not valid JSON at byte " + std::to_string(position);
    return false;
  }

  Result<Json> finish(bool parsed) && {
    if (!parsed) return fail(Code::invalid_argument, std::move(error_));
    return std::move(root_);
  }

 private:
  bool open(Json container) {
    if (static_cast<int>(stack_.size()) >= max_depth_) {
      error_ = "JSON is nested deeper than " + std::to_string(max_depth_);
      return false;
    }
    stack_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    Json done = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(done));
  }

  bool add(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = stack_.back().array()) {
      array->push_back(std::move(value));
    } else {
      stack_.back().object()->emplace_back(std::move(keys_.back()), std::move(value));
    }
    return true;
  }

  int max_depth_;
  Json root_;
  std::vector<Json> stack_;
  std::vector<std::string> keys_;
  std::string error_ = "not valid JSON";
};

Result<Json> parse_strictly(std::string_view text, int max_depth) {
  TreeBuilder builder(max_depth);
  const bool parsed = nlohmann::json::sax_parse(text, &builder);
  return std::move(builder).finish(parsed);
}

// Of "\uXXXX" at `at`; 0 when it is something else.
unsigned escaped_unit(std::string_view text, std::size_t at) {
  constexpr std::size_t kLength = 6;
  if (at + kLength > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
  unsigned unit = 0;
  const char* const end = text.data() + at + kLength;
  return std::from_chars(text.data() + at + 2, end, unit, 16).ptr == end ? unit : 0;
}

// Programs cut texts in the middle of a character. Broken UTF-8 and halves of surrogate pairs
// become U+FFFD.
std::string repaired(std::string_view text) {
  std::string out = repair_utf8(text);
  for (std::size_t at = 0; (at = out.find('\\', at)) != std::string::npos;) {
    const unsigned unit = escaped_unit(out, at);
    const bool pair = unit >> 10 == 0xD800 >> 10 && escaped_unit(out, at + 6) >> 10 == 0xDC00 >> 10;
    if (unit >> 11 == 0xD800 >> 11 && !pair) out.replace(at, 6, "\\ufffd");
    at += pair ? 12 : 2;
  }
  return out;
}

}  // namespace

Result<Json> Json::parse(std::string_view text, int max_depth) {
  auto json = parse_strictly(text, max_depth);
  if (json) return json;
  const std::string mended = repaired(text);
  if (mended == text) return json;
  auto second = parse_strictly(mended, max_depth);
  return second ? std::move(second) : std::move(json);
}

const Json* Json::find(std::string_view key) const {
  if (const auto* members = object()) {
    for (auto member = members->rbegin(); member != members->rend(); ++member) {
      if (member->first == key) return &member->second;
    }
  }
  return nullptr;
}

std::string_view Json::text_at(std::string_view key) const {
  const Json* member = find(key);
  if (member == nullptr || member->string() == nullptr) return {};
  return *member->string();
}

std::optional<double> Json::number() const {
  if (const auto* value = integer()) return static_cast<double>(*value);
  if (const auto* value = real()) return *value;
  return std::nullopt;
}

}  // namespace spawn::core
