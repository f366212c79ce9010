// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a span may hold where a person wants less than a record can (span_record.h): what is over
// is left out, text is cut. https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits,
// https://opentelemetry.io/docs/specs/otel/common/#attribute-limits
#pragma once

#include <opentelemetry/common/attribute_value.h>
#include <opentelemetry/common/key_value_iterable.h>

#include <cstddef>
#include <limits>

#include "otel/attributes.h"
#include "trace/span_record.h"

namespace spawn::otel {

struct SpanLimits {
  std::size_t attributes = trace::kMaxAttributes;
  std::size_t events = trace::kMaxEvents;
  std::size_t links = trace::kMaxLinks;
  std::size_t attributes_of_event = trace::kMaxAttributes;
  std::size_t attributes_of_link = trace::kMaxAttributes;
  std::size_t characters = std::numeric_limits<std::size_t>::max();  // of a text, or each of a list

  friend bool operator==(const SpanLimits&, const SpanLimits&) = default;
};

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
