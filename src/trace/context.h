// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The one value that crosses processes. SpanContext is the fixed part, copied freely on the hot
// path; TraceContext adds what must be passed on untouched (tracestate, unknown X-Ray fields,
// baggage). How it is spelled in a carrier is traceparent.h, tracestate.h and xray_header.h.
#pragma once

#include <cstdint>
#include <string>

#include "trace/ids.h"

namespace spawn::trace {

// Trace flags of W3C Trace Context level 2 (3.2.2.3): only these two bits have a meaning.
inline constexpr std::uint8_t kSampled = 0x01;
inline constexpr std::uint8_t kRandom = 0x02;

struct SpanContext {
  TraceId trace_id;
  SpanId span_id;
  std::uint8_t flags = 0;
  bool remote = false;  // it came from another process

  [[nodiscard]] bool valid() const { return trace_id.valid() && span_id.valid(); }
  [[nodiscard]] bool sampled() const { return (flags & kSampled) != 0; }
  friend bool operator==(const SpanContext&, const SpanContext&) = default;
};

// What travels beside the ids. Opaque to us, but for `ot` in tracestate.
struct ContextExtras {
  std::string tracestate;   // W3C list, validated, "" for none
  std::string xray_fields;  // "Lineage=…;Foo=…" of X-Amzn-Trace-Id that we do not know
  std::string baggage;      // W3C baggage, as it came
};

struct TraceContext {
  SpanContext span;
  ContextExtras extras;
};

}  // namespace spawn::trace
