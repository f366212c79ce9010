// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "handoff/context.h"
#include "handoff/tags.h"

namespace spawn::launch {
namespace {

namespace status = handoff::status;

// Three heartbeats missed: it is not the network.
constexpr std::int64_t kSilentForS = 3 * handoff::kHeartbeatEvery.count();
// A straggler takes more than half as long again as the others did, and half of them are done.
constexpr std::int64_t kLeastStragglingS = 10;

constexpr std::string_view kLost = "lost";
constexpr std::string_view kStraggler = "straggler";

std::string trace_id_of(const handoff::Row& row) {
  const auto context = handoff::context_in(row.traceparent, row.tracestate);
  return context && context->span.sampled() ? context->span.trace_id.hex() : std::string();
}

Member member_of(const handoff::Row& row, std::int64_t now_s) {
  Member member;
  member.instance_id = row.instance_id;
  member.index = row.index;
  member.provider = row.provider;
  member.state = row.status;
  member.exit_code = row.exit_code;
  member.heartbeat_age_s = std::max<std::int64_t>(0, now_s - row.last_heartbeat);
  member.trace_id = trace_id_of(row);
  member.region = row.region;
  member.ip_address = row.ip_address;
  if (row.status == status::kRunning && member.heartbeat_age_s > kSilentForS) member.state = kLost;
  return member;
}

Member member_of(const aws::ec2::Instance& instance) {
  Member member;
  member.instance_id = instance.id;
  member.index = instance.launch_index;
  member.provider = "ec2";
  member.state = instance.state == "running" ? "starting" : instance.state;
  member.ip_address = instance.public_ip;
  return member;
}

// How long the median of those that completed took; nothing until half have.
std::optional<std::int64_t> usual_s(const std::vector<handoff::Row>& rows) {
  std::vector<std::int64_t> took;
  for (const handoff::Row& row : rows) {
    if (row.status == status::kCompleted) took.push_back(row.last_heartbeat - row.registered_at);
  }
  if (took.empty() || took.size() * 2 < rows.size()) return std::nullopt;
  std::ranges::sort(took);
  return took[took.size() / 2];
}

bool gone(const std::string& ec2_state) {
  return ec2_state == "terminated" || ec2_state == "shutting-down";
}

}  // namespace

std::vector<Member> members_of(const std::vector<handoff::Row>& rows,
                               const std::vector<aws::ec2::Instance>& instances,
                               std::int64_t now_s) {
  std::vector<Member> members;
  const auto usual = usual_s(rows);
  for (const handoff::Row& row : rows) {
    Member member = member_of(row, now_s);
    const std::int64_t runs_s = now_s - row.registered_at;
    if (member.state == status::kRunning && usual &&
        runs_s > std::max(*usual + *usual / 2, *usual + kLeastStragglingS)) {
      member.state = kStraggler;
    }
    members.push_back(std::move(member));
  }
  for (const aws::ec2::Instance& instance : instances) {
    const auto known = std::ranges::find(members, instance.id, &Member::instance_id);
    if (known == members.end()) {
      members.push_back(member_of(instance));
    } else if (gone(instance.state) && !has_ended(*known)) {
      known->state = kLost;  // it ended and its agent could not say so
    }
  }
  std::ranges::sort(members, {}, [](const Member& member) {
    return std::pair(member.index.value_or(std::numeric_limits<std::int64_t>::max()),
                     member.instance_id);
  });
  return members;
}

std::string summary(const std::vector<Member>& members) {
  std::map<std::string, int> counts;
  for (const Member& member : members) ++counts[member.state];
  std::string text;
  for (const auto& [state, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  }
  return text;
}

bool has_ended(const Member& member) {
  return member.state != status::kRunning && member.state != kStraggler &&
         member.state != "starting" && member.state != "pending" &&
         member.state != status::kHibernated;
}

}  // namespace spawn::launch
