// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the reading operations of X-Ray have in common: an object to a path, an object back, and
// times as seconds since the epoch with a fraction. For the files of this service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/protocol/json.h"
#include "aws/services/xray.h"

namespace spawn::aws::xray {

core::Result<core::Json> call_for_object(Caller& caller, const Endpoint& endpoint,
                                         std::string_view operation, std::string_view path,
                                         json::Object input, core::Deadline deadline);

// To microseconds, which is what a double holds and X-Ray keeps.
double to_seconds(std::int64_t wall_ns);
// Absent when there is no number.
std::optional<std::int64_t> time_at(const core::Json& object, std::string_view key);

inline std::string text_at(const core::Json& object, std::string_view key) {
  return std::string(object.text_at(key));
}

}  // namespace spawn::aws::xray
