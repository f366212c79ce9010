// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A job array, one row a member: what its spans say of boot, run and upload, of its exit, of calls
// that were tried again and of interruptions. For the page (src/server/README.md, GET
// /api/arrays/ID) and `spawn trace array`. Times are nanoseconds since the epoch. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "trace/source.h"

namespace spawn::view {

// From the first start to the last end.
struct ArrayPhase {
  std::int64_t start_ns = INT64_MAX;
  std::int64_t end_ns = 0;
  bool any = false;
  bool open = false;  // some of it has not ended

  void add(const trace::SpanRecord& span);
  // So far, where it has not ended.
  [[nodiscard]] std::int64_t took_ns(std::int64_t now_ns) const;
};

struct ArrayMember {
  std::string instance;
  trace::TraceId trace;
  std::optional<std::int64_t> index;
  ArrayPhase all;
  ArrayPhase boot;
  ArrayPhase run;
  ArrayPhase upload;
  std::optional<std::int64_t> exit_code;
  std::int64_t retries = 0;
  std::int64_t interruptions = 0;
  bool error = false;
  // Took 1.5 times what the members that ended took, by the median, and half a second more; the
  // page has the same rule for members that run (web/array.js).
  bool straggler = false;

  [[nodiscard]] bool failed() const { return error || exit_code.value_or(0) != 0; }
};

class ArrayRows {
 public:
  explicit ArrayRows(std::string_view array_id) : array_id_(array_id) {}

  // Each trace of the array, one after the other; others are passed over.
  void add(const trace::Trace& trace);
  // By index, those without one last.
  [[nodiscard]] std::vector<ArrayMember> members(std::int64_t now_ns) const;

 private:
  std::string array_id_;
  std::map<std::string, ArrayMember> members_;  // by instance
};

// As the page's API has it.
core::Json to_json(const ArrayMember& member);

}  // namespace spawn::view
