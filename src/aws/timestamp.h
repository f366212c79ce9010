// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The three spellings of time that AWS uses, to and from nanoseconds since the Unix epoch. Pure; no
// locale, no time zone of the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spawn::aws {

// "20150830T123600Z", for X-Amz-Date.
std::string format_amz_date(std::int64_t wall_ns);

// The Date header, RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT". Of two that were joined by a
// comma (a proxy or emulator added its own) the first counts.
std::optional<std::int64_t> parse_http_date(std::string_view text);

// "2026-01-02T03:04:05Z", also with a fraction and an offset: "…05.123+01:00".
std::optional<std::int64_t> parse_iso8601(std::string_view text);

}  // namespace spawn::aws
