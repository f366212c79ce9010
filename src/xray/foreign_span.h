// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a document of somebody else (an X-Ray SDK, a collector, an AWS service) says, in
// OpenTelemetry's words, for to_span: http, aws, sql, cause, annotations and metadata become
// attributes and events, by the tables of mapping.h.
#pragma once

#include "core/json.h"
#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::xray {

// The elements of a list; of what is none, or null, nothing.
template <typename F>
void for_each_of(const core::Json* list, F&& f) {
  if (list == nullptr || list->array() == nullptr) return;
  for (const core::Json& item : *list->array()) f(item);
}

// Fills all but ids and times, which `record` has already. `whole` is the document or the one it
// stands in, where an exception may be that it names.
void read_foreign(const core::Json& document, const core::Json& whole, bool subsegment,
                  trace::SpanRecord& record);

// The blocks http and aws, back to attributes; but not to those that `but_not` (a list of names, or
// null) has.
void read_blocks(const core::Json& document, bool subsegment, const core::Json* but_not,
                 trace::SpanRecord& record);

trace::Resource foreign_resource(const core::Json& segment);

}  // namespace spawn::xray
