// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/limits.h"

#include "otel/ids.h"

namespace spawn::otel {
namespace {

namespace common = opentelemetry::common;
namespace nostd = opentelemetry::nostd;

trace::OwnedValue value_within(const SpanLimits& limits, const common::AttributeValue& value) {
  trace::OwnedValue owned = owned_value(value);
  trace::cut(owned, limits.characters);
  return owned;
}

void set_on_last_within(const SpanLimits* limits, std::size_t most, trace::SpanRecord& record,
                        const common::KeyValueIterable& attributes) {
  std::size_t count = 0;
  attributes.ForEachKeyValue([&](nostd::string_view key, const common::AttributeValue& value) {
    if (limits == nullptr) {
      record.set_on_last(from_api(key), owned_value(value));
    } else if (count++ < most) {
      record.set_on_last(from_api(key), value_within(*limits, value));
    }
    return true;
  });
}

}  // namespace

void set_within(const SpanLimits& limits, trace::SpanRecord& record, std::string_view key,
                const common::AttributeValue& value) {
  if (record.attribute_count() < limits.attributes || record.find(key)) {
    record.set(key, value_within(limits, value));
  }
}

void add_event_within(const SpanLimits* limits, trace::SpanRecord& record, std::string_view name,
                      std::int64_t time_ns, const common::KeyValueIterable& attributes) {
  if (limits != nullptr && record.event_count() >= limits->events) return;
  record.add_event(name, time_ns);
  set_on_last_within(limits, limits != nullptr ? limits->attributes_of_event : 0, record,
                     attributes);
}

void add_link_within(const SpanLimits* limits, trace::SpanRecord& record,
                     const trace::SpanContext& to, const common::KeyValueIterable& attributes) {
  if (limits != nullptr && record.link_count() >= limits->links) return;
  record.add_link(to);
  set_on_last_within(limits, limits != nullptr ? limits->attributes_of_link : 0, record,
                     attributes);
}

}  // namespace spawn::otel
