// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Records → one ExportTraceServiceRequest as OTLP's JSON, on one line without the line break: the
// body of a request, and a line of the collector's file format.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
#pragma once

#include <span>

#include "core/json_write.h"
#include "trace/span_record.h"

namespace spawn::otlp {

void write_json(std::span<const trace::SpanRecord> records, core::CharBuffer& out);

}  // namespace spawn::otlp
