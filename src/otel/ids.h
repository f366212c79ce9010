// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Ids, contexts and what else is small, ours ↔ OpenTelemetry C++'s. Ids are the bytes that are
// written in hex, most significant first, there; words here.
#pragma once

#include <opentelemetry/trace/span_context.h>
#include <opentelemetry/trace/span_metadata.h>

#include <bit>
#include <chrono>
#include <cstring>

#include "core/clock.h"
#include "trace/context.h"
#include "trace/span_record.h"

namespace spawn::otel {

namespace api = opentelemetry::trace;

namespace detail {
static_assert(std::endian::native == std::endian::little);
inline std::uint64_t load_big(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return __builtin_bswap64(word);
}
inline void store_big(std::uint64_t word, std::uint8_t* bytes) {
  word = __builtin_bswap64(word);
  std::memcpy(bytes, &word, sizeof word);
}
}  // namespace detail

inline trace::TraceId from_api(const api::TraceId& id) {
  return {detail::load_big(id.Id().data()), detail::load_big(id.Id().data() + 8)};
}
inline trace::SpanId from_api(const api::SpanId& id) { return {detail::load_big(id.Id().data())}; }
inline trace::SpanContext from_api(const api::SpanContext& context) {
  return {from_api(context.trace_id()), from_api(context.span_id()), context.trace_flags().flags(),
          context.IsRemote()};
}

inline api::TraceId to_api(const trace::TraceId& id) {
  std::uint8_t bytes[api::TraceId::kSize];
  detail::store_big(id.high, bytes);
  detail::store_big(id.low, bytes + 8);
  return api::TraceId(bytes);
}
inline api::SpanId to_api(const trace::SpanId& id) {
  std::uint8_t bytes[api::SpanId::kSize];
  detail::store_big(id.value, bytes);
  return api::SpanId(bytes);
}

inline trace::SpanKind from_api(api::SpanKind kind) {
  switch (kind) {
    case api::SpanKind::kServer:
      return trace::SpanKind::server;
    case api::SpanKind::kClient:
      return trace::SpanKind::client;
    case api::SpanKind::kProducer:
      return trace::SpanKind::producer;
    case api::SpanKind::kConsumer:
      return trace::SpanKind::consumer;
    default:
      return trace::SpanKind::internal;
  }
}

// OpenTelemetry's default is "for ever", which nobody means who waits for X-Ray at the end of a
// program. Its SDK hands that on as 0, and its batch processor as 1.
inline core::Deadline deadline_in(core::Clock& clock, std::chrono::microseconds timeout) {
  constexpr std::chrono::seconds kPatience(5);
  return core::Deadline::after(
      clock, timeout.count() <= 1 || timeout > std::chrono::hours(1) ? kPatience : timeout);
}

inline std::string_view from_api(opentelemetry::nostd::string_view text) {
  return {text.data(), text.size()};
}
inline opentelemetry::nostd::string_view to_api(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace spawn::otel
