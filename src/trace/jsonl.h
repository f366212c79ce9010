// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A span as one JSON object on one line: what the `stdout` exporter writes to stderr, and what
// `--from FILE` reads back. Keys, in this order: trace_id span_id parent_span_id name kind start end
// duration_ms status attributes events links resource. Times are RFC 3339 with nanoseconds, UTC.
#pragma once

#include <string>
#include <string_view>

#include "core/json_write.h"
#include "core/result.h"
#include "trace/source.h"
#include "trace/span_record.h"

namespace spawn::trace {

// Appends one line, newline included.
void write_json_line(const SpanRecord& record, core::CharBuffer& out);

// Reads a file of such lines. Lines that are no spans (a program's own stderr may be mixed in) are
// skipped and counted in Trace::notes. `get` returns one trace of it.
class JsonLinesSource final : public TraceSource {
 public:
  static core::Result<std::unique_ptr<JsonLinesSource>> open(const std::string& path);
  static core::Result<std::unique_ptr<JsonLinesSource>> parse(std::string_view text,
                                                              std::string name);

  core::Result<Trace> get(const TraceId& id) override;
  // Every trace id, in order of first appearance.
  [[nodiscard]] std::vector<TraceId> ids() const;

 private:
  explicit JsonLinesSource(std::string name, std::string text);
  std::string name_;
  std::string text_;
  std::vector<TraceId> ids_;
  std::size_t skipped_lines_ = 0;
};

}  // namespace spawn::trace
