// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"
#include "core/json_write.h"

namespace spawn::core {
namespace {

// Puts a comma before every element but the first.
class Commas {
 public:
  explicit Commas(JsonWriter& out) : out_(out) {}
  void next() {
    if (!std::exchange(first_, false)) out_.lit<",">();
  }

 private:
  JsonWriter& out_;
  bool first_ = true;
};

void write(const Json& json, JsonWriter& out) {
  Commas commas(out);
  if (const auto* text = json.string()) {
    out.string(*text);
  } else if (const auto* members = json.object()) {
    out.lit<"{">();
    for (const auto& [name, value] : *members) {
      commas.next();
      out.string(name);
      out.lit<":">();
      write(value, out);
    }
    out.lit<"}">();
  } else if (const auto* elements = json.array()) {
    out.lit<"[">();
    for (const Json& element : *elements) {
      commas.next();
      write(element, out);
    }
    out.lit<"]">();
  } else if (const auto* integer = json.integer()) {
    out.integer(*integer);
  } else if (const auto* real = json.real()) {
    out.real(*real);
  } else if (const auto* flag = json.boolean()) {
    out.boolean(*flag);
  } else {
    out.lit<"null">();
  }
}

}  // namespace

std::string Json::to_text() const {
  CharBuffer buffer;
  JsonWriter out(buffer);
  write(*this, out);
  return std::string(buffer.view());
}

}  // namespace spawn::core
