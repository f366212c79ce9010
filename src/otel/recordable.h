// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A span of OpenTelemetry's own SDK, recorded as ours. The SDK tells an exporter neither whether a
// parent is in another process nor which spans are open, so SpanFamily remembers what began here.
#pragma once

#include <opentelemetry/sdk/trace/recordable.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::otel {

// The SDK's, as ours.
trace::Resource resource_from(const opentelemetry::sdk::resource::Resource& resource);

// What the spans of one exporter share. Any thread.
class SpanFamily {
 public:
  // A span began; true when its parent began here too, among the last 8,192.
  bool began(trace::SpanId span, trace::SpanId parent);
  // Ours for the SDK's; the same one for the same one. Lives as long as this.
  const trace::Resource* resource(const opentelemetry::sdk::resource::Resource& of);

 private:
  static constexpr std::size_t kRemembered = 8192;
  std::mutex mutex_;
  std::unordered_set<std::uint64_t> known_;
  std::deque<std::uint64_t> order_;
  std::map<const opentelemetry::sdk::resource::Resource*, std::unique_ptr<trace::Resource>>
      resources_;
};

class Recordable final : public opentelemetry::sdk::trace::Recordable {
 public:
  explicit Recordable(std::shared_ptr<SpanFamily> family) : family_(std::move(family)) {}

  // To be moved from.
  [[nodiscard]] trace::SpanRecord& record() { return record_; }

  void SetIdentity(const opentelemetry::trace::SpanContext& context,
                   opentelemetry::trace::SpanId parent) noexcept override;
  void SetAttribute(opentelemetry::nostd::string_view key,
                    const opentelemetry::common::AttributeValue& value) noexcept override;
  void AddEvent(opentelemetry::nostd::string_view name, opentelemetry::common::SystemTimestamp time,
                const opentelemetry::common::KeyValueIterable& attributes) noexcept override;
  void AddLink(const opentelemetry::trace::SpanContext& to,
               const opentelemetry::common::KeyValueIterable& attributes) noexcept override;
  void SetStatus(opentelemetry::trace::StatusCode code,
                 opentelemetry::nostd::string_view description) noexcept override;
  void SetName(opentelemetry::nostd::string_view name) noexcept override;
  void SetTraceFlags(opentelemetry::trace::TraceFlags flags) noexcept override;
  void SetSpanKind(opentelemetry::trace::SpanKind kind) noexcept override;
  void SetResource(const opentelemetry::sdk::resource::Resource& resource) noexcept override;
  void SetStartTime(opentelemetry::common::SystemTimestamp time) noexcept override;
  void SetDuration(std::chrono::nanoseconds duration) noexcept override;
  void SetInstrumentationScope(
      const opentelemetry::sdk::trace::InstrumentationScope& scope) noexcept override;

 private:
  std::shared_ptr<SpanFamily> family_;
  trace::SpanRecord record_;
  std::int64_t duration_ns_ = 0;
};

}  // namespace spawn::otel
