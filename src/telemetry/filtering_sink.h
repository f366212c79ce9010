// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// An exporter behind its attribute filter: the sink never sees what must not be shown, also of what
// predecessors left in the spool and of spans that are still open. A batch that nothing must be
// changed in goes through as it is.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "telemetry/telemetry.h"
#include "trace/attribute_filter.h"
#include "trace/resource.h"
#include "trace/sink.h"

namespace spawn::telemetry {

class FilteringSink final : public trace::SpanSink {
 public:
  FilteringSink(std::unique_ptr<trace::SpanSink> sink, trace::AttributeFilter filter);

  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override;
  void dropped(std::uint64_t count) override { sink_->dropped(count); }
  core::Nanos housekeeping(core::Deadline deadline) override {
    return sink_->housekeeping(deadline);
  }

 private:
  // What stands for a resource that has something to hide.
  struct Stand {
    trace::Resource of;
    std::unique_ptr<const trace::Resource> in;  // null: it may be shown as it is
  };
  const trace::Resource* shown(const trace::Resource* resource);

  std::unique_ptr<trace::SpanSink> sink_;
  trace::AttributeFilter filter_;
  std::vector<trace::SpanRecord> copies_;
  std::vector<Stand> stands_;
};

// The exporter as it is, behind the filter.
NamedSink filtered(NamedSink sink, trace::AttributeFilter filter);

}  // namespace spawn::telemetry
