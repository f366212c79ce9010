// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OTLP's JSON → records, for `spawn trace convert` and for whoever receives OTLP. As the
// specification says it (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), and
// what programs write besides: snake_case names, enums by name, 64-bit numbers as text or number,
// instrumentationLibrarySpans. Ids are hex, in either case. Unknown fields are passed over. One bad
// span never stops the rest; what is no list or object where one belongs is a problem, too.
#pragma once

#include <string_view>

#include "core/result.h"
#include "trace/format.h"

namespace spawn::otlp {

// Appends the spans of one ExportTraceServiceRequest. Code::invalid_argument when it is none.
core::Status read_json(std::string_view text, trace::SpanSet& set);

}  // namespace spawn::otlp
