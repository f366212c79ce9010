// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The spans of ours that OpenTelemetry's API carries: each knows its context as we have it, with
// what OpenTelemetry C++ has no place for (the random flag, members of tracestate and fields of
// X-Ray's header that it would drop). RemoteSpan stands for one of another process.
#pragma once

#include <opentelemetry/context/context.h>
#include <opentelemetry/trace/span.h>

#include <memory>

#include "otel/ids.h"
#include "telemetry/current.h"

namespace spawn::otel {

using Extras = std::shared_ptr<const trace::ContextExtras>;

class ContextSpan : public api::Span {
 public:
  // Its `extras` live as long as extras(), or longer when that is null.
  [[nodiscard]] virtual telemetry::ActiveContext active() const = 0;
  [[nodiscard]] virtual Extras extras() const = 0;
};

// What a span of the API says of itself, be it ours or not.
struct ParentContext {
  telemetry::ActiveContext active;  // not decided: none
  Extras extras;                    // owns active.extras, unless that outlives everything
};
ParentContext parent_context(const api::SpanContext& context);
ParentContext parent_context(const opentelemetry::context::Context& context);

// As OpenTelemetry C++ wants it. A tracestate that it does not take is left out.
api::SpanContext to_api(const telemetry::ActiveContext& context);

// Records nothing.
class RemoteSpan final : public ContextSpan {
 public:
  RemoteSpan(const trace::SpanContext& context, Extras extras);
  // A span of this process that lives elsewhere.
  explicit RemoteSpan(const telemetry::ActiveContext& context) : active_(context) {}

  [[nodiscard]] telemetry::ActiveContext active() const override { return active_; }
  [[nodiscard]] Extras extras() const override { return extras_; }

  void SetAttribute(opentelemetry::nostd::string_view,
                    const opentelemetry::common::AttributeValue&) noexcept override {}
  void AddEvent(opentelemetry::nostd::string_view) noexcept override {}
  void AddEvent(opentelemetry::nostd::string_view,
                opentelemetry::common::SystemTimestamp) noexcept override {}
  void AddEvent(opentelemetry::nostd::string_view, opentelemetry::common::SystemTimestamp,
                const opentelemetry::common::KeyValueIterable&) noexcept override {}
  void SetStatus(api::StatusCode, opentelemetry::nostd::string_view) noexcept override {}
  void UpdateName(opentelemetry::nostd::string_view) noexcept override {}
  void End(const api::EndSpanOptions&) noexcept override {}
  [[nodiscard]] bool IsRecording() const noexcept override { return false; }
  [[nodiscard]] api::SpanContext GetContext() const noexcept override { return to_api(active_); }

 private:
  telemetry::ActiveContext active_;
  Extras extras_;
};

}  // namespace spawn::otel
