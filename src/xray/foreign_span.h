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

// Fills all but ids and times, which `record` has already.
void read_foreign(const core::Json& document, bool subsegment, trace::SpanRecord& record);

// The blocks http and aws, back to attributes; but not to those that `but_not` (a list of names, or
// null) has.
void read_blocks(const core::Json& document, bool subsegment, const core::Json* but_not,
                 trace::SpanRecord& record);

trace::Resource foreign_resource(const core::Json& segment);

}  // namespace spawn::xray
