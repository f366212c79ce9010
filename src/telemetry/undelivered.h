// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the exporters did not get, for the person, once at the end of a program.
#pragma once

#include <cstdint>
#include <string>

#include "telemetry/telemetry.h"

namespace spawn::telemetry {

struct Undelivered {
  std::uint64_t most = 0;  // spans that the worst exporter did not get
  std::string line;        // "3 of 12 spans were not delivered to xray: why"; "" for none
};
Undelivered undelivered_spans(const Stats& stats);

}  // namespace spawn::telemetry
