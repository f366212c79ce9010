// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Resource attributes in one text, as OTEL_RESOURCE_ATTRIBUTES and a file's attributes_list have
// them: key=value, with commas, %XX for other characters. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spawn::otelconfig {

// All of them or, when anything is wrong, nothing, as
// https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
// wants it.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_attribute_list(
    std::string_view list);

}  // namespace spawn::otelconfig
