// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/filtering_sink.h"

#include <algorithm>
#include <utility>

namespace spawn::telemetry {
FilteringSink::FilteringSink(std::unique_ptr<trace::SpanSink> sink, trace::AttributeFilter filter)
    : sink_(std::move(sink)), filter_(std::move(filter)) {}

// By what is in it: another one may come to lie at the same address. Kept for good, since a sink
// may refer to it later; of programs under the trace each has one.
const trace::Resource* FilteringSink::shown(const trace::Resource* resource) {
  if (resource == nullptr) return nullptr;
  const auto known = std::ranges::find_if(
      stands_, [&](const Stand& stand) { return stand.of.attributes() == resource->attributes(); });
  if (known != stands_.end()) return known->in ? known->in.get() : resource;
  Stand made{*resource, nullptr};
  if (filter_.concerns(*resource)) {
    made.in = std::make_unique<const trace::Resource>(filter_.copy(*resource));
  }
  stands_.push_back(std::move(made));
  return stands_.back().in ? stands_.back().in.get() : resource;
}

trace::WriteReport FilteringSink::write(std::span<const trace::SpanRecord> batch,
                                        core::Deadline deadline) {
  copies_.clear();
  const trace::Resource* last = nullptr;
  bool as_it_is = true;
  for (const trace::SpanRecord& record : batch) {
    if (record.resource != last) as_it_is = as_it_is && shown(record.resource) == record.resource;
    last = record.resource;
    if (!as_it_is || filter_.concerns(record)) {
      as_it_is = false;
      break;
    }
  }
  if (as_it_is) return sink_->write(batch, deadline);
  for (const trace::SpanRecord& record : batch) {
    trace::SpanRecord& copy = copies_.emplace_back();
    filter_.copy(record, copy);
    copy.resource = shown(record.resource);
  }
  return sink_->write(copies_, deadline);
}

NamedSink filtered(NamedSink sink, trace::AttributeFilter filter) {
  sink.sink = std::make_unique<FilteringSink>(std::move(sink.sink), std::move(filter));
  return sink;
}

}  // namespace spawn::telemetry
