// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray_call.h"

#include <cmath>
#include <utility>

namespace spawn::aws::xray {

core::Result<core::Json> call_for_object(Caller& caller, const Endpoint& endpoint,
                                         std::string_view operation, std::string_view path,
                                         json::Object input, core::Deadline deadline) {
  return json::call_for_object(caller,
                               json::make_rest_call(kService, endpoint, operation, path,
                                                    std::move(input).take().to_text(), deadline));
}

double to_seconds(std::int64_t wall_ns) {
  const std::int64_t microseconds = wall_ns / 1000;
  return static_cast<double>(microseconds) / 1e6;
}

std::optional<std::int64_t> time_at(const core::Json& object, std::string_view key) {
  const core::Json* found = object.find(key);
  const auto seconds = found == nullptr ? std::nullopt : found->number();
  // The range in which nanoseconds since the epoch can be told at all.
  if (!seconds || !(std::abs(*seconds) < 9e9)) return std::nullopt;
  return std::llround(*seconds * 1e6) * 1000;
}

}  // namespace spawn::aws::xray
