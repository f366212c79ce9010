// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Text-map propagators for OpenTelemetry C++: W3C Trace Context level 2 (the random flag and every
// valid member of tracestate are kept, which the packaged ones do not do) and X-Ray's header
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader),
// whose unknown fields are passed on. Pure; any thread.
#pragma once

#include <opentelemetry/context/propagation/text_map_propagator.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "otelconfig/configuration.h"

namespace spawn::otel {

namespace propagation = opentelemetry::context::propagation;

class TraceContextPropagator final : public propagation::TextMapPropagator {
 public:
  opentelemetry::context::Context Extract(
      const propagation::TextMapCarrier& carrier,
      opentelemetry::context::Context& context) noexcept override;
  void Inject(propagation::TextMapCarrier& carrier,
              const opentelemetry::context::Context& context) noexcept override;
  bool Fields(opentelemetry::nostd::function_ref<bool(opentelemetry::nostd::string_view)> callback)
      const noexcept override;
};

// "Sampled=?" and no Sampled at all count as not sampled: the decision is not ours to make here.
class XRayPropagator final : public propagation::TextMapPropagator {
 public:
  opentelemetry::context::Context Extract(
      const propagation::TextMapCarrier& carrier,
      opentelemetry::context::Context& context) noexcept override;
  void Inject(propagation::TextMapCarrier& carrier,
              const opentelemetry::context::Context& context) noexcept override;
  bool Fields(opentelemetry::nostd::function_ref<bool(opentelemetry::nostd::string_view)> callback)
      const noexcept override;
};

// What a configuration names, in one: tracecontext, baggage, xray; nothing said: the first two.
// What it does not know is said in `notes` and left out
// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
std::unique_ptr<propagation::TextMapPropagator> propagator_from(
    const std::optional<otelconfig::Said<std::vector<std::string>>>& names,
    std::vector<std::string>& notes);

}  // namespace spawn::otel
