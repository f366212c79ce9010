// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/kept_spans.h"

#include <utility>

#include "trace/jsonl.h"

namespace spawn::cli {

class KeptSpans::Sink final : public trace::SpanSink {
 public:
  explicit Sink(std::shared_ptr<KeptSpans> keeper) : keeper_(std::move(keeper)) {}

  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    const std::lock_guard lock(keeper_->mutex_);
    for (const trace::SpanRecord& record : batch) trace::write_json_line(record, keeper_->lines_);
    return {batch.size(), 0, {}};
  }

 private:
  std::shared_ptr<KeptSpans> keeper_;
};

std::unique_ptr<trace::SpanSink> KeptSpans::sink_for(std::shared_ptr<KeptSpans> keeper) {
  return std::make_unique<Sink>(std::move(keeper));
}

core::Result<trace::Trace> KeptSpans::trace(const trace::TraceId& id) {
  const std::lock_guard lock(mutex_);
  auto source = trace::JsonLinesSource::parse(lines_.view(), "this run");
  if (!source) return core::fail(source.error());
  return (*source)->get(id);
}

}  // namespace spawn::cli
