// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/lifecycle.h"

#include <algorithm>
#include <array>

namespace spawn::agent {
namespace {

constexpr core::Nanos kLongestBoot = std::chrono::minutes(5);

Action on_complete(const config::Settings& settings, bool is_local) {
  switch (settings.on_complete.value) {
    case config::OnComplete::nothing: {
      // An instance may have been launched to stay; a local agent has nothing left to do, unless a
      // person says otherwise.
      const bool said = settings.on_complete.source != "default";
      return is_local && !said ? Action::exit : Action::none;
    }
    case config::OnComplete::exit:
      return Action::exit;
    case config::OnComplete::stop:
      return Action::stop;
    case config::OnComplete::hibernate:
      return Action::hibernate;
    case config::OnComplete::terminate:
      break;
  }
  return Action::terminate;
}

Decision as_possible(Decision decision, bool is_local) {
  if (is_local && decision.action != Action::none) decision.action = Action::exit;
  return decision;
}

// A point in time at which something becomes true.
struct Due {
  std::int64_t at_ns;
  Decision decision;
};

// All there are, in the order in which they count when they come together.
std::array<std::optional<Due>, 3> dues(const config::Settings& settings, const LifeFacts& facts) {
  std::array<std::optional<Due>, 3> all;
  if (facts.completed_at_ns) {
    all[0] = Due{*facts.completed_at_ns + settings.completion_delay.value.count(),
                 {on_complete(settings, facts.is_local), "completed"}};
  }
  if (const auto& ttl = settings.ttl.value) {
    all[1] = Due{facts.now_ns + (*ttl - facts.age).count(), {Action::terminate, "ttl"}};
  }
  if (const auto& idle = settings.idle_timeout.value; idle && facts.idle_since_ns) {
    const Action action = settings.hibernate.value ? Action::hibernate : Action::terminate;
    all[2] = Due{*facts.idle_since_ns + idle->count(), {action, "idle"}};
  }
  return all;
}

}  // namespace

std::string_view to_string(Action action) {
  switch (action) {
    case Action::none:
      return "none";
    case Action::exit:
      return "exit";
    case Action::stop:
      return "stop";
    case Action::hibernate:
      return "hibernate";
    case Action::terminate:
      break;
  }
  return "terminate";
}

Decision decide(const config::Settings& settings, const LifeFacts& facts) {
  for (const auto& due : dues(settings, facts)) {
    if (due && due->at_ns <= facts.now_ns && due->decision.action != Action::none) {
      return as_possible(due->decision, facts.is_local);
    }
  }
  return {};
}

std::int64_t next_decision_ns(const config::Settings& settings, const LifeFacts& facts) {
  std::int64_t next = INT64_MAX;
  for (const auto& due : dues(settings, facts)) {
    if (due && due->decision.action != Action::none) next = std::min(next, due->at_ns);
  }
  return next;
}

core::Nanos age_at_start(core::Nanos by_wall_clock, core::Nanos uptime) {
  return std::clamp(by_wall_clock, uptime, uptime + kLongestBoot);
}

}  // namespace spawn::agent
