// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Spans as the page reads them (README.md, SPAN). Pure.
#pragma once

#include <string>

#include "core/json_write.h"
#include "trace/source.h"

namespace spawn::server {

// {"id":…,"start":…,"end":…,"notes":[…],"documents":…,"resources":[…],"spans":[…]}
void write_trace(const trace::Trace& trace, bool documents, core::CharBuffer& out);

}  // namespace spawn::server
