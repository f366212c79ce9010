// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A span as one JSON object on one line: what the `stdout` exporter writes to stderr, and what
// `--from FILE` reads back. Keys, in this order: trace_id span_id parent_span_id name kind start
// end duration_ms status attributes events links resource. Times are RFC 3339 with nanoseconds,
// UTC. A root's parent_span_id is null, and so are end and duration_ms of a span that has not
// ended. A parent in another process has parent_remote: true after it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_write.h"
#include "core/result.h"
#include "trace/format.h"
#include "trace/source.h"
#include "trace/span_record.h"

namespace spawn::trace {

// Appends one line, newline included.
void write_json_line(const SpanRecord& record, core::CharBuffer& out);

// Reads a file of such lines. Lines that are no spans (a program's own stderr may be mixed in) are
// skipped and counted in Trace::notes; of a span, only trace_id, span_id, name and start must be
// there. `get` returns one trace of it.
class JsonLinesSource final : public TraceSource {
 public:
  static core::Result<std::unique_ptr<JsonLinesSource>> open(const std::string& path);
  static core::Result<std::unique_ptr<JsonLinesSource>> parse(std::string_view text,
                                                              std::string_view name);

  core::Result<Trace> get(const TraceId& id) override;
  core::Status find(const TraceQuery& query, const Found& found) override;
  // Every trace id, in order of first appearance.
  [[nodiscard]] std::vector<TraceId> ids() const;

 private:
  JsonLinesSource(std::string_view name, std::string text);
  [[nodiscard]] core::Error no_such_trace(const TraceId& id) const;

  std::string name_;
  std::string text_;
  std::vector<TraceId> ids_;
  std::size_t skipped_lines_ = 0;
};

// `jsonl` of `spawn trace convert`: all spans, whatever their trace. A line that begins as a span
// and is none is a problem; other lines (a program's own) are passed over with one note.
class JsonLinesFormat final : public SpanFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "jsonl"; }
  [[nodiscard]] core::Result<SpanSet> read(std::string_view text) const override;
  void write(std::span<const SpanRecord> spans, const DocumentSettings&,
             core::CharBuffer& out) const override;
};

}  // namespace spawn::trace
