// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/recordable.h"

#include <opentelemetry/sdk/instrumentationscope/instrumentation_scope.h>
#include <opentelemetry/sdk/resource/resource.h>

#include <type_traits>

#include "otel/attributes.h"
#include "otel/ids.h"

namespace spawn::otel {
namespace {

namespace common = opentelemetry::common;
namespace nostd = opentelemetry::nostd;

// The SDK's owned values, as ours.
struct FromOwned {
  trace::OwnedValue operator()(const std::string& value) const { return value; }
  template <typename T>
  trace::OwnedValue operator()(const T& value) const {
    return owned_value(common::AttributeValue(value));
  }
  trace::OwnedValue operator()(const std::vector<bool>& values) const { return values; }
  trace::OwnedValue operator()(const std::vector<std::string>& values) const { return values; }
  template <typename T>
  trace::OwnedValue operator()(const std::vector<T>& values) const {
    return owned_value(common::AttributeValue(nostd::span<const T>(values.data(), values.size())));
  }
};

void set_on_last(trace::SpanRecord& record, const common::KeyValueIterable& attributes) {
  attributes.ForEachKeyValue([&](nostd::string_view key, const common::AttributeValue& value) {
    record.set_on_last(from_api(key), owned_value(value));
    return true;
  });
}

}  // namespace

bool SpanFamily::began(trace::SpanId span, trace::SpanId parent) {
  const std::lock_guard lock(mutex_);
  if (known_.insert(span.value).second) order_.push_back(span.value);
  if (order_.size() > kRemembered) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return known_.count(parent.value) != 0;
}

trace::Resource resource_from(const opentelemetry::sdk::resource::Resource& resource) {
  trace::Resource ours;
  for (const auto& [key, value] : resource.GetAttributes()) {
    ours.set(key, nostd::visit(FromOwned{}, value));
  }
  return ours;
}

const trace::Resource* SpanFamily::resource(const opentelemetry::sdk::resource::Resource& of) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<trace::Resource>& ours = resources_[&of];
  if (ours == nullptr) {
    ours = std::make_unique<trace::Resource>(resource_from(of));
  }
  return ours.get();
}

void Recordable::SetIdentity(const api::SpanContext& context, api::SpanId parent) noexcept {
  record_.trace_id = from_api(context.trace_id());
  record_.span_id = from_api(context.span_id());
  record_.parent_id = from_api(parent);
  record_.flags = context.trace_flags().flags();
  const bool known = family_->began(record_.span_id, record_.parent_id);
  record_.parent_remote = record_.parent_id.valid() && !known;
}

void Recordable::SetAttribute(nostd::string_view key,
                              const common::AttributeValue& value) noexcept {
  set_attribute(record_, from_api(key), value);
}

void Recordable::AddEvent(nostd::string_view name, common::SystemTimestamp time,
                          const common::KeyValueIterable& attributes) noexcept {
  record_.add_event(from_api(name), time.time_since_epoch().count());
  set_on_last(record_, attributes);
}

void Recordable::AddLink(const api::SpanContext& to,
                         const common::KeyValueIterable& attributes) noexcept {
  record_.add_link(from_api(to));
  set_on_last(record_, attributes);
}

void Recordable::SetStatus(api::StatusCode code, nostd::string_view description) noexcept {
  if (code == api::StatusCode::kUnset) return;
  const bool error = code == api::StatusCode::kError;
  record_.set_status(error ? trace::StatusCode::error : trace::StatusCode::ok,
                     error ? from_api(description) : std::string_view());
}

void Recordable::SetName(nostd::string_view name) noexcept { record_.set_name(from_api(name)); }

void Recordable::SetTraceFlags(api::TraceFlags flags) noexcept { record_.flags = flags.flags(); }

void Recordable::SetSpanKind(api::SpanKind kind) noexcept { record_.kind = from_api(kind); }

void Recordable::SetResource(const opentelemetry::sdk::resource::Resource& resource) noexcept {
  record_.resource = family_->resource(resource);
}

void Recordable::SetStartTime(common::SystemTimestamp time) noexcept {
  record_.start_ns = time.time_since_epoch().count();
  record_.end_ns = record_.start_ns + duration_ns_;
}

void Recordable::SetDuration(std::chrono::nanoseconds duration) noexcept {
  duration_ns_ = duration.count() > 0 ? duration.count() : 0;
  record_.end_ns = record_.start_ns + duration_ns_;
}

void Recordable::SetInstrumentationScope(
    const opentelemetry::sdk::trace::InstrumentationScope& scope) noexcept {
  if (!scope.GetName().empty()) record_.set("otel.scope.name", scope.GetName());
  if (!scope.GetVersion().empty()) record_.set("otel.scope.version", scope.GetVersion());
}

}  // namespace spawn::otel
