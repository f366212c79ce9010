// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the node on the map is called, for the document writer: we ourselves, or whom we call.
#pragma once

#include <string>
#include <string_view>

#include "trace/span_record.h"
#include "xray/fields.h"

namespace spawn::xray {

// Of a segment: the service. Not fitted to X-Ray's charset yet (names.h).
std::string_view service_of(const trace::SpanRecord& record, const Fields& fields);
// Of a subsegment: the callee, or the span's own name for a step of this process. A view of the
// record or of `storage`.
std::string_view callee_of(const trace::SpanRecord& record, const Fields& fields,
                           std::string& storage);

}  // namespace spawn::xray
