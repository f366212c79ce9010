// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// When an instance's life ends, and how: decisions from plain facts, so that every one of them is a
// line in a test. The agent acts on the first that comes, once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "core/clock.h"

namespace spawn::agent {

enum class Action { none, exit, stop, hibernate, terminate };
std::string_view to_string(Action action);

// What is known at one moment. Times are of the steady clock.
struct LifeFacts {
  std::int64_t now_ns = 0;
  core::Nanos age{0};                         // of the instance, since its launch
  std::optional<std::int64_t> idle_since_ns;  // below settings.idle_cpu
  std::optional<std::int64_t> completed_at_ns;
  bool is_local = false;  // no instance of ours to end: every action is the agent's exit
};

struct Decision {
  Action action = Action::none;
  std::string reason;  // for the span and the log: "ttl", "idle", "completed"
  friend bool operator==(const Decision&, const Decision&) = default;
};

Decision decide(const config::Settings& settings, const LifeFacts& facts);

// The steady time at which decide() may say something else though no fact changed; INT64_MAX:
// never.
std::int64_t next_decision_ns(const config::Settings& settings, const LifeFacts& facts);

// How old an instance is when its agent starts. Its own clock may be an hour wrong, so the launch
// time counts only as far as the uptime bears it out: a boot takes minutes, no more.
core::Nanos age_at_start(core::Nanos by_wall_clock, core::Nanos uptime);

}  // namespace spawn::agent
