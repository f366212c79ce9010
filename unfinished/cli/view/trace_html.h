// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace as one HTML file to attach to a ticket: it opens from disk, loads
// nothing, runs nothing. Names and values come from outside: they are escaped,
// control characters and bidirectional overrides made visible, and the page's
// own policy forbids scripts and every address. Pure.
#pragma once

#include <string>

#include "trace/source.h"

namespace spawn::view {

std::string trace_html(const trace::Trace& trace);

}  // namespace spawn::view
