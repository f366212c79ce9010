// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OTLP's protobuf → records, for whoever receives OTLP. Unknown fields are passed over, and so is a
// field with another wire type than it should have. A span whose bytes are broken is named and
// never stops the rest; what is broken further out ends the reading there. The bytes may be
// anybody's: nothing recurses deeper than kMaxValueDepth, and no length is believed.
#pragma once

#include <string_view>

#include "core/result.h"
#include "trace/format.h"

namespace spawn::otlp {

// Appends the spans of one ExportTraceServiceRequest. Code::invalid_argument when it is broken;
// what was read before that stays in the set.
core::Status read_protobuf(std::string_view bytes, trace::SpanSet& set);

}  // namespace spawn::otlp
