// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The environment block as a carrier of context: TRACEPARENT, TRACESTATE and BAGGAGE as
// OpenTelemetry has them (https://opentelemetry.io/docs/specs/otel/context/env-carriers/),
// _X_AMZN_TRACE_ID as AWS Lambda and the AWS SDKs have it. Read once, written only into a copy for
// the child. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/env.h"
#include "trace/context.h"
#include "trace/sampling.h"

namespace spawn::agent {

struct Inherited {
  // The parent. Without a span id when X-Ray named a trace alone.
  std::optional<trace::TraceContext> context;
  // What is wrong with what was there, for the person; "" for nothing.
  std::string complaint;
};

// TRACEPARENT counts before _X_AMZN_TRACE_ID; what is malformed starts a new trace. X-Ray can leave
// the decision open ("Sampled=?"): then it is made here.
Inherited context_from(const core::Env& env, const trace::Sampling& sampling);

// "NAME=value" entries, ready for exec.
class ChildEnvironment {
 public:
  explicit ChildEnvironment(std::vector<std::string> entries) : entries_(std::move(entries)) {}

  // "" when it is not set.
  [[nodiscard]] std::string get(std::string_view name) const;
  // Replaces every entry of that name.
  void set(std::string_view name, std::string_view value);
  void unset(std::string_view name);
  void set_all(const std::vector<std::pair<std::string, std::string>>& variables);
  // Both spellings of the context; BAGGAGE stays as it came.
  void put(const trace::SpanContext& context, const trace::ContextExtras& extras);

  [[nodiscard]] const std::vector<std::string>& entries() const { return entries_; }

 private:
  std::vector<std::string> entries_;
};

}  // namespace spawn::agent
