// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/text.h"
#include "otlp/json_read.h"
#include "otlp/json_write.h"

namespace spawn::otlp {
namespace {

// The problems of one line, with its number before them.
void number_problems(trace::SpanSet& set, std::size_t from, std::size_t line) {
  for (std::size_t i = from; i < set.problems.size(); ++i) {
    set.problems[i].insert(0, fmt::format("line {}: ", line));
  }
}

}  // namespace

core::Result<trace::SpanSet> RequestLines::read(std::string_view text) const {
  trace::SpanSet whole;
  if (core::trim(text).empty()) return whole;
  const auto as_document = read_json(text, whole);
  if (as_document) return whole;

  trace::SpanSet set;
  std::size_t number = 0;
  std::size_t good_lines = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = core::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    const std::size_t known = set.problems.size();
    if (const auto status = read_json(line, set)) {
      ++good_lines;
    } else {
      set.add_problem(status.error().message + "; the line was left out");
    }
    number_problems(set, known, number);
  }
  if (good_lines == 0) return core::fail(as_document.error());
  return set;
}

void RequestLines::write(std::span<const trace::SpanRecord> spans, const trace::DocumentSettings&,
                         core::CharBuffer& out) const {
  write_json(spans, out);
  out.append("\n");
}

}  // namespace spawn::otlp
