// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Two traces side by side, by service and span name: how often, how long and how often failed, for
// `spawn trace diff` and the page. Attempts count with their calls. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trace/source.h"

namespace spawn::view {

struct SpanTotals {
  std::int64_t count = 0;
  std::int64_t self_ns = 0;  // without what spans below did
  std::int64_t errors = 0;
};

struct DiffRow {
  std::string service;
  std::string name;
  SpanTotals a;
  SpanTotals b;

  [[nodiscard]] std::int64_t change_ns() const { return b.self_ns - a.self_ns; }
};

// What changed most comes first; equal ones by service and name.
std::vector<DiffRow> compare_traces(const trace::Trace& a, const trace::Trace& b);

}  // namespace spawn::view
