// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A span's limits (trace/span_limits.h) while it is recorded through OpenTelemetry's API.
#pragma once

#include <opentelemetry/common/attribute_value.h>
#include <opentelemetry/common/key_value_iterable.h>

#include <string_view>

#include "otel/attributes.h"
#include "trace/span_limits.h"
#include "trace/span_record.h"

namespace spawn::otel {

using trace::SpanLimits;

// Null limits: the record's own.
void set_within(const SpanLimits& limits, trace::SpanRecord& record, std::string_view key,
                const opentelemetry::common::AttributeValue& value);
inline void set_within(const SpanLimits* limits, trace::SpanRecord& record, std::string_view key,
                       const opentelemetry::common::AttributeValue& value) {
  if (limits == nullptr) [[likely]] {
    set_attribute(record, key, value);
  } else {
    set_within(*limits, record, key, value);
  }
}
void add_event_within(const SpanLimits* limits, trace::SpanRecord& record, std::string_view name,
                      std::int64_t time_ns,
                      const opentelemetry::common::KeyValueIterable& attributes);
void add_link_within(const SpanLimits* limits, trace::SpanRecord& record,
                     const trace::SpanContext& to,
                     const opentelemetry::common::KeyValueIterable& attributes);

}  // namespace spawn::otel
