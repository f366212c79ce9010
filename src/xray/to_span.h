// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A segment document → spans, for reading traces back. Our own documents carry in metadata.spawn
// what makes the span again: name, kind, times to the microsecond, typed attributes, events, status
// (only a NaN or infinity comes back as text, and an AWS call with the guide's name and the
// conventions' for operation and region). Documents of others, which need have no more than
// id, name and start time, are told in OpenTelemetry's words.
#pragma once

#include <string_view>

#include "core/json.h"
#include "trace/source.h"

namespace spawn::xray {

// As deep as a document of 64 KB can be.
core::Result<core::Json> parse_document(std::string_view text);

// Appends the document's spans, nested subsegments included, and a Resource when it is a segment.
// What cannot be understood becomes one line in trace.notes, and what is in it is read all the
// same. Afterwards: trace/merge.h.
void add_document(std::string_view text, trace::Trace& trace);
void add_document(const core::Json& document, trace::Trace& trace);

}  // namespace spawn::xray
