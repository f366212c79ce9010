// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Where a trace's time went: its critical path as a few lines of text, for below a waterfall.
#pragma once

#include <string>

#include "view/waterfall.h"

namespace spawn::view {

// "" for a trace of one span or none.
std::string critical_path_text(const trace::Trace& trace, const WaterfallStyle& style);

}  // namespace spawn::view
