// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Points in time as RFC 3339 text, in UTC with nanoseconds: how spans are written as JSON lines,
// and how AWS writes when credentials expire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spawn::core {

// "2026-01-02T03:04:05.000000000Z", always 30 characters.
std::string rfc3339(std::int64_t wall_ns);

// With or without a fraction (digits after the ninth are dropped), "Z" or an offset. Nothing for
// text that is no such time, or is outside 1970 to 2261, where nanoseconds do not fit 64 bits.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);

}  // namespace spawn::core
