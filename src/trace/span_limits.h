// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How much of a span a person wants, where that is less than a record can hold (span_record.h):
// what is over is left out, text is cut.
// https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits,
// https://opentelemetry.io/docs/specs/otel/common/#attribute-limits
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "trace/attribute.h"
#include "trace/span_record.h"

namespace spawn::trace {

struct SpanLimits {
  std::size_t attributes = kMaxAttributes;
  std::size_t events = kMaxEvents;
  std::size_t links = kMaxLinks;
  std::size_t attributes_of_event = kMaxAttributes;
  std::size_t attributes_of_link = kMaxAttributes;
  std::size_t characters = std::numeric_limits<std::size_t>::max();  // of a text, or each of a list

  friend bool operator==(const SpanLimits&, const SpanLimits&) = default;
};

// The text, or each of the list, has at most so many characters afterwards.
void cut(OwnedValue& value, std::size_t characters);

// Whether something of the record is over.
bool exceeds(const SpanLimits& limits, const SpanRecord& record);

}  // namespace spawn::trace
