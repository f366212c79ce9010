// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/membership.h"

#include <fmt/format.h>

#include <utility>

namespace spawn::agent {
namespace {

// The loop waits for it, so a registry that is down may not hold up much else.
constexpr core::Nanos kPatience = std::chrono::seconds(3);

}  // namespace

Membership::Membership(handoff::Registry& registry, handoff::LaunchId id, handoff::Row row,
                       core::Clock& clock, Note note)
    : registry_(registry),
      id_(std::move(id)),
      row_(std::move(row)),
      clock_(clock),
      note_(std::move(note)) {
  row_.job_array_id = id_.text();
  row_.status = handoff::status::kRunning;
  row_.registered_at = now().at;
}

handoff::Heartbeat Membership::now() const {
  const std::int64_t seconds = clock_.now().wall_ns / 1'000'000'000;
  return {seconds, seconds + handoff::kRowLives.count()};
}

core::Deadline Membership::soon() const { return core::Deadline::after(clock_, kPatience); }

bool Membership::told(const core::Status& done, std::string_view doing) {
  if (!done && !in_trouble_) {
    note_(
        fmt::format("registry: {}: {}; the work goes on without it", doing, done.error().message));
  }
  if (done && in_trouble_) note_("registry: it works again");
  in_trouble_ = !done;
  return done.has_value();
}

bool Membership::join() {
  const handoff::Heartbeat heartbeat = now();
  row_.last_heartbeat = heartbeat.at;
  row_.expires_at = heartbeat.expires_at;
  return told(registry_.register_member(row_, soon()), "registering");
}

bool Membership::resume() {
  row_.status = handoff::status::kRunning;
  return join();
}

bool Membership::heartbeat() {
  const auto done = registry_.heartbeat(id_, row_.instance_id, now(), soon());
  if (!done && done.error().code == core::Code::not_found) return join();
  return told(done, "heartbeat");
}

bool Membership::finish(std::string_view status, std::optional<std::int64_t> exit_code) {
  row_.status = status;
  row_.exit_code = exit_code;
  const auto done = registry_.finish(id_, row_.instance_id, {status, exit_code, now()}, soon());
  if (!done && done.error().code == core::Code::not_found) return join();
  return told(done, "saying how it ended");
}

std::vector<handoff::Row> Membership::peers() {
  auto rows = registry_.members(id_, soon());
  if (!rows) {
    (void)told(core::fail(rows.error()), "looking for the other members");
    return {};
  }
  const std::int64_t now_s = now().at;
  std::erase_if(*rows, [&](const handoff::Row& row) {
    return row.instance_id == row_.instance_id || (row.expires_at != 0 && row.expires_at <= now_s);
  });
  return std::move(*rows);
}

}  // namespace spawn::agent
