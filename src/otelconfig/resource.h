// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The schema's `resource`. What detectors would find is not looked for, and a schema URL has no
// place to go; both are noted. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "otelconfig/reading.h"
#include "trace/attribute.h"

namespace spawn::otelconfig {

// In the order in which they are to be set: a later one replaces an earlier one.
std::vector<std::pair<std::string, trace::OwnedValue>> read_resource(Reading& read,
                                                                     const Node& resource);

}  // namespace spawn::otelconfig
