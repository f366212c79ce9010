// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One line of JSON → a span, for the two readers of JSON lines: jsonl_source.cc (one trace of a
// file) and jsonl_format.cc (all of them). The form is described in trace/jsonl.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/json.h"
#include "core/text.h"
#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::trace {

// The fields that make a line a span.
struct SpanLine {
  core::Json json;
  TraceId trace_id;
  SpanId span_id;
  std::int64_t start_ns;
};
std::optional<SpanLine> parse_line(std::string_view line);

// All but the resource pointer.
SpanRecord to_record(const SpanLine& line);
Resource resource_of(const SpanLine& line);

// f(line), blanks around it dropped.
template <typename F>
void for_each_line(std::string_view text, F&& f) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    f(core::trim(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace spawn::trace
