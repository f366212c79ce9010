// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the spans of one of our processes say about the process itself.
#pragma once

#include <string>

#include "core/rng.h"
#include "trace/resource.h"

namespace spawn::agent {

// `program` is "spawn" or "spored"; `service_name` is what the person calls it, "" for the same.
trace::Resource process_resource(const std::string& program, const std::string& service_name,
                                 core::Rng& rng);

}  // namespace spawn::agent
