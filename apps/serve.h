// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What `spawn trace serve` runs. Of spawn alone: an instance needs no HTTP server.
#pragma once

#include <functional>
#include <string>

#include "cli/trace_serve.h"
#include "core/clock.h"

namespace spawn::apps {

core::Result<cli::Served> serve(const cli::ServeRequest& request,
                                std::function<void(const std::string& line)> note,
                                core::Clock& clock);

}  // namespace spawn::apps
