// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A summary as bytes, for a store that keeps it beside its trace. Bytes of
// another version of this program, or damaged ones, are refused, and the
// summary is made anew from the trace.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "view/summary.h"

namespace spawn::view {

std::string to_digest(const TraceSummary& summary);
std::optional<TraceSummary> from_digest(std::string_view bytes);

}  // namespace spawn::view
