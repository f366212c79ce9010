// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry C++'s attribute values as ours. Numbers of 32 bits become 64-bit ones; an unsigned
// number that is too large for that becomes text, so that its value is kept; bytes become base64
// text, as OTLP's JSON writes them.
#pragma once

#include <opentelemetry/common/attribute_value.h>

#include "trace/attribute.h"
#include "trace/span_record.h"

namespace spawn::otel {

void set_attribute(trace::SpanRecord& record, std::string_view key,
                   const opentelemetry::common::AttributeValue& value);

trace::OwnedValue owned_value(const opentelemetry::common::AttributeValue& value);

}  // namespace spawn::otel
