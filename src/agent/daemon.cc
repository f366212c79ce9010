// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "agent/control.h"
#include "agent/sd_notify.h"
#include "agent/unused_pages.h"
#include "core/file.h"
#include "core/text.h"

namespace spawn::agent {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kLongSleep = 1000 * kMillisecond;

// Blocked from here on, for every thread, and read from a descriptor. A pipe that nobody reads must
// not end us either.
core::Fd catch_signals() {
  sigset_t caught;
  sigemptyset(&caught);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&caught, number);
  pthread_sigmask(SIG_BLOCK, &caught, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return core::Fd(signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Half as often as systemd asks for; never when it does not.
std::optional<core::Nanos> watchdog_period(const core::Env& env) {
  const auto text = env.get_non_empty("WATCHDOG_USEC");
  const auto microseconds = text ? core::parse_int(*text) : std::nullopt;
  if (!microseconds || *microseconds <= 0) return std::nullopt;
  return core::Nanos(*microseconds * 1000 / 2);
}

class Daemon {
 public:
  Daemon(Agent& agent, const AgentParts& parts, const core::Fd& signals,
         const std::optional<ControlServer>& control)
      : agent_(agent),
        parts_(parts),
        signals_(signals),
        control_(control),
        watchdog_(watchdog_period(parts.env)) {}

  void run() {
    while (!agent_.done()) {
      agent_.step();
      if (agent_.done()) break;
      pet_watchdog();
      wait();
      take_signals();
      if (control_) {
        control_->serve([&](const core::Json& request) { return agent_.handle(request); });
      }
    }
  }

 private:
  void pet_watchdog() {
    if (!watchdog_) return;
    sd_notify(parts_.env, "WATCHDOG=1");
    next_pet_ns_ = parts_.clock.steady_ns() + watchdog_->count();
  }

  // Rounded up, so that what is due is due when we wake.
  void wait() const {
    const std::int64_t until = std::min(agent_.next_step_ns(), next_pet_ns_);
    const std::int64_t left = until - parts_.clock.steady_ns();
    const std::int64_t milliseconds =
        until == INT64_MAX ? -1 : std::clamp<std::int64_t>(left / kMillisecond + 1, 0, INT32_MAX);
    if (left > kLongSleep) give_back_unused_code();
    pollfd watched[] = {{signals_.get(), POLLIN, 0}, {control_ ? control_->fd() : -1, POLLIN, 0}};
    (void)poll(watched, std::size(watched), left <= 0 ? 0 : static_cast<int>(milliseconds));
  }

  void take_signals() {
    signalfd_siginfo got{};
    while (read(signals_.get(), &got, sizeof got) == sizeof got) {
      if (got.ssi_signo == SIGHUP) reload();
      if (got.ssi_signo == SIGTERM || got.ssi_signo == SIGINT) {
        sd_notify(parts_.env, "STOPPING=1");
        agent_.end(got.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT");
      }
    }
  }

  void reload() {
    sd_notify(parts_.env,
              fmt::format("RELOADING=1\nMONOTONIC_USEC={}", parts_.clock.steady_ns() / 1000));
    agent_.reload();
    sd_notify(parts_.env, "READY=1");
  }

  Agent& agent_;
  const AgentParts& parts_;
  const core::Fd& signals_;
  const std::optional<ControlServer>& control_;
  std::optional<core::Nanos> watchdog_;
  std::int64_t next_pet_ns_ = INT64_MAX;
};

}  // namespace

core::Status run_daemon(config::Sources sources, const AgentParts& parts) {
  const core::Fd signals = catch_signals();
  if (!signals.valid()) return core::fail(core::system_error("signalfd", errno));
  Agent agent(std::move(sources), parts);
  if (auto found = agent.find_out(); !found) return found;

  // Before anything is started: of two agents on one instance only the first may go on.
  std::optional<ControlServer> control;
  auto made = core::make_private_folder(agent.places().runtime);
  if (made) {
    auto listening = ControlServer::listen(control_socket(agent.places().runtime));
    if (listening) {
      control.emplace(std::move(*listening));
    } else if (listening.error().code == core::Code::invalid_argument) {
      return core::fail(std::move(listening.error()));
    } else {
      made = core::fail(std::move(listening.error()));
    }
  }
  if (!made) parts.note("nobody can ask this agent: " + made.error().message);

  agent.boot();
  sd_notify(parts.env, fmt::format("READY=1\nSTATUS={}", agent.status_line()));
  Daemon(agent, parts, signals, control).run();
  sd_notify(parts.env, "STOPPING=1");
  agent.leave();
  return core::ok();
}

}  // namespace spawn::agent
