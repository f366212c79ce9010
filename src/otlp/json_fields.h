// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Fields of protobuf's JSON, for json_read.cc and reply.cc: found under both spellings of their
// name, read into a type, complained about once.
// https://protobuf.dev/programming-guides/json/
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "trace/ids.h"

namespace spawn::otlp {

// The member "startTimeUnixNano", or "start_time_unix_nano"; null is as good as absent.
const core::Json* field(const core::Json& object, std::string_view camel_case);

// Reads fields of one object. An absent one leaves the value as it is; the first that cannot be
// read becomes the problem: "flags: 'abc' is no number from 0 to 4294967295". So does it that this
// is no object.
class FieldReader {
 public:
  explicit FieldReader(const core::Json& object);

  void id(std::string_view name, trace::TraceId& to);
  void id(std::string_view name, trace::SpanId& to);
  void text(std::string_view name, std::string& to);
  void number(std::string_view name, std::uint32_t& to);
  void number(std::string_view name, std::uint64_t& to);
  void number(std::string_view name, std::int64_t& to);
  // By number or by name. An unknown number is kept, as protobuf does.
  void enumeration(std::string_view name, std::span<const std::string_view> names,
                   std::int64_t& to);

  // Its elements; none of what is absent or no list.
  const core::Json::Array& list(std::string_view name);

  [[nodiscard]] const std::string& problem() const { return problem_; }
  // "status.code: …", "status: 5 is no object"
  [[nodiscard]] std::string problem_of(std::string_view name) const;
  void take_problem_of(const FieldReader& inner, std::string_view name);

 private:
  void complain(std::string_view name, std::string_view what);

  const core::Json& object_;
  std::string problem_;
};

// An AnyValue as plain JSON; null when it has no value.
core::Result<core::Json> plain_value(const core::Json& any_value);

}  // namespace spawn::otlp
