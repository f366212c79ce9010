// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The current context of a thread: what a new span becomes a child of. The one piece of
// thread-local state in the programs. Unsampled contexts are current too, so that the decision
// holds for everything below them and is passed on.
#pragma once

#include "trace/context.h"

namespace spawn::telemetry {

struct ActiveContext {
  trace::SpanContext span;
  // What travels beside the ids; null for none. Owned by whoever started the trace, outlives it.
  const trace::ContextExtras* extras = nullptr;
  // A decision was made. (An unsampled root has no ids until somebody asks for them.)
  bool decided = false;
};

namespace detail {
inline thread_local constinit ActiveContext current_context;
}  // namespace detail

inline const ActiveContext& current() { return detail::current_context; }

// Makes a context current for this scope, on this thread. Scopes must nest.
class Scope {
 public:
  explicit Scope(const ActiveContext& context) : previous_(detail::current_context) {
    detail::current_context = context;
  }
  ~Scope() { detail::current_context = previous_; }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  ActiveContext previous_;
};

}  // namespace spawn::telemetry
