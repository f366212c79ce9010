// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `otlp` of `spawn trace convert`: the collector's file format, one ExportTraceServiceRequest as
// JSON a line. Reads a whole document over many lines, too.
// https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
#pragma once

#include "trace/format.h"

namespace spawn::otlp {

class RequestLines final : public trace::SpanFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "otlp"; }
  [[nodiscard]] core::Result<trace::SpanSet> read(std::string_view text) const override;
  // One line for all of them.
  void write(std::span<const trace::SpanRecord> spans, const trace::DocumentSettings&,
             core::CharBuffer& out) const override;
};

}  // namespace spawn::otlp
