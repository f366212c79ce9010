// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// W3C Trace Context, level 2 (https://www.w3.org/TR/trace-context-2/): the traceparent and
// tracestate headers, and the environment variables of the same names. Pure. Parsing is strict:
// what the specification calls invalid is refused whole and the caller starts a new trace.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trace/context.h"

namespace spawn::trace {

// "00-<32 hex>-<16 hex>-<2 hex>"; blanks around it are HTTP's, and dropped. Versions 01 to fe are
// read by their first 55 characters (which must be followed by nothing or '-'); ff is invalid. The
// random flag is kept, unknown flags are cleared.
std::optional<SpanContext> parse_traceparent(std::string_view text);
std::string format_traceparent(const SpanContext& context);

// The list in normal form (members joined by ',', blanks dropped), or nothing when any member is
// invalid, a key is there twice, or there are more than 32. Keys by the grammar of June 2026.
std::optional<std::string> parse_tracestate(std::string_view text);

// One member's value, "" when it is not there.
std::string_view tracestate_member(std::string_view tracestate, std::string_view key);
// With `key` first and its old value gone; an empty value only removes. Keeps at most 32 members.
std::string with_tracestate_member(std::string_view tracestate, std::string_view key,
                                   std::string_view value);

}  // namespace spawn::trace
