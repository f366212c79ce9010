// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a joined call and its attempts look like as spans: the guide's attributes and the semantic
// conventions' (trace/attributes.h). Fills everything but the ids. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "intake/csm_event.h"
#include "trace/span_record.h"

namespace spawn::intake {

// `attempts` in order; may be empty.
trace::SpanRecord call_span(const CsmEvent& call, const std::vector<CsmEvent>& attempts);
// `number` counts from 1.
trace::SpanRecord attempt_span(const CsmEvent& attempt, int number);
// An attempt whose call never came stands for the call.
trace::SpanRecord orphan_span(const CsmEvent& attempt);

// "host", "host:port", "[::1]:port" or "::1". Port 0: none was given.
struct HostPort {
  std::string_view host;
  std::uint16_t port = 0;
};
HostPort split_host_port(std::string_view text);

}  // namespace spawn::intake
