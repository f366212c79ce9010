// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace spawn::otelconfig {

std::string bound_note(std::string_view name, std::int64_t value, std::int64_t most) {
  return fmt::format("{}: {} is more than there is room for; it is {}", name, value, most);
}

std::optional<trace::SpanLimits> read_limits(const Number& number, const LimitNames& names) {
  trace::SpanLimits limits;
  const auto set = [&](std::size_t& limit, const std::vector<std::string_view>& all) {
    const auto most = static_cast<std::int64_t>(
        std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
    for (const std::string_view name : all) {
      if (const auto value = number(name, 0, most)) {
        limit = static_cast<std::size_t>(*value);
        return;
      }
    }
  };
  set(limits.attributes, names.attributes);
  set(limits.characters, names.characters);
  set(limits.events, {names.events});
  set(limits.links, {names.links});
  set(limits.attributes_of_event, {names.attributes_of_event});
  set(limits.attributes_of_link, {names.attributes_of_link});
  if (limits == trace::SpanLimits()) return std::nullopt;
  return limits;
}

void read_batching(const Number& number, const BatchNames& names, telemetry::Options& engine) {
  constexpr std::int64_t kMostMs = 24LL * 60 * 60 * 1000;
  constexpr std::int64_t kMostSlots = 1 << 16;  // of 512 bytes each
  if (const auto ms = number(names.schedule_delay, 0, kMostMs)) {
    engine.schedule_delay = std::chrono::milliseconds(*ms);
  }
  if (const auto ms = number(names.export_timeout, 0, kMostMs)) {
    engine.export_timeout = std::chrono::milliseconds(*ms > 0 ? *ms : kMostMs);  // 0: no limit
  }
  if (const auto slots = number(names.max_queue_size, 1, kMostSlots)) {
    engine.queue_slots = static_cast<std::size_t>(*slots);
  }
  const auto slots = static_cast<std::int64_t>(engine.queue_slots);
  if (const auto spans = number(names.max_export_batch_size, 1, slots)) {
    engine.batch_spans = static_cast<std::size_t>(*spans);
    engine.export_spans = static_cast<std::size_t>(*spans);
  }
  engine.batch_spans = std::min(engine.batch_spans, engine.queue_slots);
}

}  // namespace spawn::otelconfig
