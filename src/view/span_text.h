// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a view says about one span, in words: is it an attempt of an AWS call,
// what came back, what went wrong. Text from spans is hostile until it went
// through core::visible; everything returned here did.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trace/span_record.h"

namespace spawn::view {

// "attempt 2": one try of an AWS call, as a child span of it.
bool is_attempt(std::string_view span_name);
inline bool is_attempt(const trace::SpanRecord& span) { return is_attempt(span.name()); }

// "404 NoSuchKey", "200", "ConnectTimeoutError"; "" when nothing is known.
std::string outcome_text(const trace::SpanRecord& span);

// Short facts for below the span's name: its outcome, "3 attempts",
// "throttled", "request 4442587FB7D0A2F9". Empty for a span that is no AWS call
// and did not fail.
std::vector<std::string> facts(const trace::SpanRecord& span);

// The message of a span that failed, or else its first exception, on one line; "" when there is
// none or the outcome says it.
std::string failure_message(const trace::SpanRecord& span);

// "linked to trace 1-65f0a1b2-…, 1-…, 1-… and 2 more"; "" when it is linked to no other trace.
std::string links_text(const trace::SpanRecord& span);

}  // namespace spawn::view
