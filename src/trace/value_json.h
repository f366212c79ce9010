// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Attribute values as plain JSON, for whoever writes spans as JSON.
#pragma once

#include <string_view>

#include "core/json_write.h"
#include "trace/attribute.h"

namespace spawn::trace {

void write_value(const Value& value, core::JsonWriter& out);
void write_value(const OwnedValue& value, core::JsonWriter& out);

// An object, member by member.
class ObjectWriter {
 public:
  explicit ObjectWriter(core::JsonWriter& out) : out_(out) { out_.plain("{"); }
  core::JsonWriter& key(std::string_view name) {
    if (!first_) out_.plain(",");
    first_ = false;
    out_.string(name);
    out_.plain(":");
    return out_;
  }
  void close() { out_.plain("}"); }

 private:
  core::JsonWriter& out_;
  bool first_ = true;
};

}  // namespace spawn::trace
