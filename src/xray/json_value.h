// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A value out of a document → an attribute value, for to_span. What no attribute can hold (objects,
// lists of different things) becomes its JSON text.
#pragma once

#include <optional>

#include "core/json.h"
#include "trace/attribute.h"

namespace spawn::xray {

// Nothing for null.
std::optional<trace::OwnedValue> to_attribute_value(const core::Json& json);

}  // namespace spawn::xray
