// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A job array as the page reads it (README.md, GET /api/arrays/ID): what its members' spans say,
// one row a member. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "trace/source.h"

namespace spawn::server {

class ArrayRows {
 public:
  explicit ArrayRows(std::string_view array_id) : array_id_(array_id) {}

  // Each trace of the array, one after the other.
  void add(const trace::Trace& trace);
  [[nodiscard]] core::Json json() const;  // {"id","members"}

 private:
  struct Phase {
    std::int64_t start_ns = INT64_MAX;
    std::int64_t end_ns = 0;
    bool any = false;
    bool open = false;

    void add(const trace::SpanRecord& span);
    [[nodiscard]] core::Json json() const;
  };
  struct Member {
    trace::TraceId trace;
    std::optional<std::int64_t> index;
    Phase all;
    Phase boot;
    Phase run;
    Phase upload;
    std::optional<std::int64_t> exit_code;
    std::int64_t retries = 0;
    std::int64_t interruptions = 0;
    bool error = false;
  };

  void add_span(const trace::SpanRecord& span, Member& member);

  std::string array_id_;
  std::map<std::string, Member> members_;  // by instance
};

}  // namespace spawn::server
