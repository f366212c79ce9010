// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/text.h"
#include "trace/merge.h"
#include "xray/document.h"
#include "xray/to_span.h"

namespace spawn::xray {

core::Result<trace::SpanSet> DocumentLines::read(std::string_view text) const {
  trace::SpanSet set;
  trace::Trace all;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = core::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    add_document(line, all);
    set.refused += all.notes.size();
    for (const std::string& note : all.notes) {
      set.add_problem(fmt::format("line {}: {}; it was left out", number, note));
    }
    all.notes.clear();
  }
  if (all.spans.empty() && set.refused > 0) {
    return core::fail(
        core::Code::invalid_argument,
        fmt::format("no line of it is an X-Ray segment document ({})", set.problems.front()));
  }
  trace::share_resources(all);
  set.spans = std::move(all.spans);
  set.resources = std::move(all.resources);
  return set;
}

void DocumentLines::write(std::span<const trace::SpanRecord> spans,
                          const trace::DocumentSettings& settings, core::CharBuffer& out) const {
  core::JsonWriter document(out);
  for (const trace::SpanRecord& span : spans) {
    write_document(span, document, settings);
    out.append("\n");
  }
}

}  // namespace spawn::xray
