// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A duration as a person reads it, to three or four digits that count.
#pragma once

#include <cstdint>
#include <string>

namespace spawn::view {

// "1.234 s", "56.7 ms", "890 µs" ("us" without unicode), "2 min 5 s", "3 h 20 min". Below zero is
// zero.
std::string duration_text(std::int64_t ns, bool unicode = true);

}  // namespace spawn::view
