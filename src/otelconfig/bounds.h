// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers that both sources of a configuration have, what they may be, and what they set. What
// is over the bound is the bound, and that is said. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/telemetry.h"
#include "trace/span_limits.h"

namespace spawn::otelconfig {

// The number of that name, at least `least` and at most `most`; nothing when it is not set. A
// source's own: it says what is wrong by itself.
using Number = std::function<std::optional<std::int64_t>(std::string_view name, std::int64_t least,
                                                         std::int64_t most)>;

// "NAME: 1000 is more than there is room for; it is 128".
std::string bound_note(std::string_view name, std::int64_t value, std::int64_t most);

struct LimitNames {
  std::vector<std::string_view> attributes;  // the strongest first
  std::vector<std::string_view> characters;
  std::string_view events;
  std::string_view links;
  std::string_view attributes_of_event;
  std::string_view attributes_of_link;
};
// Nothing: as much as a record can hold.
std::optional<trace::SpanLimits> read_limits(const Number& number, const LimitNames& names);

struct BatchNames {
  std::string_view schedule_delay;  // milliseconds, as the next one
  std::string_view export_timeout;
  std::string_view max_queue_size;
  std::string_view max_export_batch_size;
};
void read_batching(const Number& number, const BatchNames& names, telemetry::Options& engine);

}  // namespace spawn::otelconfig
