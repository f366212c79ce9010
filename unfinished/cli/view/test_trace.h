// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes traces for the tests of this room: spans by small numbers, times in
// milliseconds after 2026-01-02T03:04:05Z.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "trace/attributes.h"
#include "trace/source.h"

namespace spawn::view {

class TestTrace {
 public:
  static constexpr std::int64_t kStart = 1'767'323'045'000'000'000;

  TestTrace() { trace_.id = *trace::TraceId::from_xray("1-69573385-a1b2c3d4e5f60718293a4b5c"); }

  // The span that was added last is changed by the functions below.
  TestTrace& add(std::uint64_t id, std::uint64_t parent, std::string_view name, double start_ms,
                 double end_ms) {
    trace::SpanRecord span;
    span.trace_id = trace_.id;
    span.span_id = {id};
    span.parent_id = {parent};
    span.start_ns = at(start_ms);
    span.end_ns = at(end_ms);
    span.set_name(name);
    span.resource = resource("spawn");
    trace_.spans.push_back(std::move(span));
    return *this;
  }
  TestTrace& service(std::string_view name) {
    last().resource = resource(name);
    return *this;
  }
  TestTrace& running() {
    last().in_progress = true;
    last().end_ns = 0;
    return *this;
  }
  TestTrace& error(std::string_view type, std::string_view message) {
    last().set_status(trace::StatusCode::error, message);
    last().set(trace::key::kErrorType, type);
    return *this;
  }
  TestTrace& status(int http_status) { return set(trace::key::kHttpStatus, http_status); }
  TestTrace& aws(std::string_view operation, std::string_view request_id) {
    last().kind = trace::SpanKind::client;
    set(trace::key::kAwsOperation, operation);
    return set(trace::key::kAwsRequestId, request_id);
  }
  template <typename Value>
  TestTrace& set(std::string_view key, const Value& value) {
    last().set(key, value);
    return *this;
  }

  [[nodiscard]] trace::SpanRecord& last() { return trace_.spans.back(); }
  [[nodiscard]] trace::Trace& get() { return trace_; }

  static std::int64_t at(double ms) { return kStart + static_cast<std::int64_t>(ms * 1e6); }

 private:
  const trace::Resource* resource(std::string_view service) {
    for (const auto& known : trace_.resources) {
      if (known->service_name() == service) return known.get();
    }
    auto made = std::make_unique<trace::Resource>();
    made->set(trace::key::kServiceName, std::string(service));
    trace_.resources.push_back(std::move(made));
    return trace_.resources.back().get();
  }

  trace::Trace trace_;
};

}  // namespace spawn::view
