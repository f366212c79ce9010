// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever is accepted must come out again as the same context.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "trace/traceparent.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spawn::trace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto context = parse_traceparent(text)) {
    SPAWN_CHECK(context->valid());
    const auto again = parse_traceparent(format_traceparent(*context));
    SPAWN_CHECK(again && again->trace_id == context->trace_id &&
                again->span_id == context->span_id && again->flags == context->flags);
  }
  if (const auto state = parse_tracestate(text)) {
    SPAWN_CHECK(parse_tracestate(*state) == state);
    const std::string with = with_tracestate_member(*state, "ot", "th:8");
    SPAWN_CHECK(tracestate_member(with, "ot") == "th:8");
    SPAWN_CHECK(parse_tracestate(with).has_value());
  }
  return 0;
}
