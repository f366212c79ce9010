// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `xray` of `spawn trace convert`: one segment document a line, as PutTraceSegments takes them and
// BatchGetTraces gives them.
#pragma once

#include "trace/format.h"

namespace spawn::xray {

class DocumentLines final : public trace::SpanFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "xray"; }
  [[nodiscard]] core::Result<trace::SpanSet> read(std::string_view text) const override;
  void write(std::span<const trace::SpanRecord> spans, const trace::DocumentSettings& settings,
             core::CharBuffer& out) const override;
};

}  // namespace spawn::xray
