// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/local_source.h"

#include "xray/facts.h"

namespace spawn::apps {

core::Result<trace::Trace> LocalSource::get(const trace::TraceId& id) {
  auto trace = store_->get(id);
  if (!trace) return trace;
  const auto documents = store_->documents(id);
  if (!documents) return core::fail(documents.error());
  trace->facts = xray::facts_of(trace->spans, store::texts_of(*documents));
  return trace;
}

core::Status LocalSource::find(const trace::TraceQuery& query, const Found& found) {
  core::Status status = core::ok();
  const store::TraceRange range{query.start_ns, query.end_ns, {}};
  auto read = store_->for_each(range, [&](const store::TraceRow& row) {
    auto trace = get(row.id);
    if (trace) return found(std::move(*trace));
    // Its time came while this was reading.
    if (trace.error().code == core::Code::not_found) return true;
    status = core::fail(std::move(trace.error()));
    return false;
  });
  return read ? status : read;
}

}  // namespace spawn::apps
