// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's current context on our thread-local one, so that a span of a foreign library is
// parent and child of ours on the same thread: what is attached there is current here, and what is
// current here is what RuntimeContext::GetCurrent() finds there.
//
// Set once (RuntimeContext::SetRuntimeContextStorage), before any span is made.
#pragma once

#include <opentelemetry/context/runtime_context.h>

#include "otel/context_span.h"

namespace spawn::otel {

class RuntimeContextStorage final : public opentelemetry::context::RuntimeContextStorage {
 public:
  opentelemetry::context::Context GetCurrent() noexcept override;
  opentelemetry::nostd::unique_ptr<opentelemetry::context::Token> Attach(
      const opentelemetry::context::Context& context) noexcept override;
  // True when it was attached on this thread; what was attached after it goes too.
  bool Detach(opentelemetry::context::Token& token) noexcept override;
};

// Who owns the extras of the thread's current context.
Extras current_extras();

}  // namespace spawn::otel
