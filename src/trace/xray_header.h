// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Amzn-Trace-Id, and the variable _X_AMZN_TRACE_ID: "Root=1-8hex-24hex;Parent=16hex;Sampled=1",
// with fields we do not know (Self, Lineage, a person's own) kept in order and passed on.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "trace/context.h"

namespace spawn::trace {

inline constexpr std::string_view kXRayHeader = "X-Amzn-Trace-Id";

// X-Ray's own headers are below 256 characters; AWS refuses requests whose headers are too large.
inline constexpr std::size_t kMaxUnknownFieldBytes = 1024;

// What a header says. Any part may be missing: a load balancer sends Root alone.
struct XRayHeader {
  std::optional<TraceId> root;
  std::optional<SpanId> parent;
  enum class Sampled { no, yes, undecided } sampled = Sampled::undecided;  // "?" or absent
  std::string unknown_fields;
};

// Nothing when there is no valid Root. Field names are case-sensitive, blanks around parts are
// dropped, the last duplicate counts, a part without '=' is skipped. Of the unknown fields as much
// is kept as fits, and nothing that must not stand in a header.
std::optional<XRayHeader> parse_xray_header(std::string_view text);
std::string format_xray_header(const SpanContext& context, std::string_view unknown_fields = {});

}  // namespace spawn::trace
