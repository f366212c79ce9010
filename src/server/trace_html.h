// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One trace as one HTML file: the page's own view of it, with everything that needs inside
// (web/export.html). Its policy lets nothing in from outside. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "trace/source.h"

namespace spawn::server {

// `now_ns`: when it was exported; what had not ended is shown as running until then.
std::string trace_html(const trace::Trace& trace, std::int64_t now_ns);

}  // namespace spawn::server
