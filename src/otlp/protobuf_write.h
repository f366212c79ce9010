// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Records → one ExportTraceServiceRequest as protobuf: the body of a request.
// https://opentelemetry.io/docs/specs/otlp/#binary-protobuf-encoding
#pragma once

#include <span>
#include <string>

#include "trace/span_record.h"

namespace spawn::otlp {

// Appends.
void write_protobuf(std::span<const trace::SpanRecord> records, std::string& out);

}  // namespace spawn::otlp
