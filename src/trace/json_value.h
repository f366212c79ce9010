// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A JSON value → an attribute value, for whoever reads foreign formats (X-Ray documents, OTLP).
// What no attribute can hold (objects, lists of different things) becomes its JSON text.
#pragma once

#include <optional>

#include "core/json.h"
#include "trace/attribute.h"

namespace spawn::trace {

// Nothing for null.
std::optional<OwnedValue> to_attribute_value(const core::Json& json);

}  // namespace spawn::trace
