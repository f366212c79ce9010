// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "trace/jsonl.h"
#include "trace/jsonl_line.h"
#include "trace/resource_pool.h"

namespace spawn::trace {

core::Result<SpanSet> JsonLinesFormat::read(std::string_view text) const {
  SpanSet set;
  ResourcePool resources(set.resources);
  std::size_t number = 0;
  std::size_t others = 0;
  for_each_line(text, [&](std::string_view line) {
    ++number;
    if (line.empty()) return;
    if (const auto span = parse_line(line)) {
      set.spans.push_back(to_record(*span));
      set.spans.back().resource = resources.get(resource_of(*span));
    } else if (line.starts_with('{') && line.find("\"trace_id\"") != std::string_view::npos) {
      ++set.refused;
      set.add_problem(
          fmt::format("line {}: no whole span: expected a JSON object with trace_id, span_id, name "
                      "and start; it was left out",
                      number));
    } else {
      ++others;
    }
  });
  if (set.spans.empty() && set.refused == 0 && others > 0) {
    return core::fail(core::Code::invalid_argument,
                      "no line of it is a span; expected JSON lines as the stdout exporter writes "
                      "them");
  }
  if (others > 0) {
    set.notes.push_back(others == 1
                            ? "1 line is no span and was skipped"
                            : fmt::format("{} lines are no spans and were skipped", others));
  }
  return set;
}

void JsonLinesFormat::write(std::span<const SpanRecord> spans, const DocumentSettings&,
                            core::CharBuffer& out) const {
  for (const SpanRecord& span : spans) write_json_line(span, out);
}

}  // namespace spawn::trace
