// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Lengths of time as people write them in tags, files and flags: "90s", "30m", "1h30m", "2d". One
// spelling for `spawn` and `spored`. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace spawn::config {

// Numbers with the units d, h, m, s, each unit at most once and the larger ones first; no blanks,
// no sign, no bare number. Nothing for all else, and for more than ten years.
std::optional<core::Nanos> parse_duration(std::string_view text);
// In the same spelling, whole seconds: "1h30m"; "0s".
std::string format_duration(core::Nanos duration);

}  // namespace spawn::config
