// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/remote_sampling.h"

#include <fmt/format.h>
#include <pthread.h>

#include <utility>

#include "apps/curl_session.h"
#include "aws/services/xray.h"
#include "telemetry/signals.h"

namespace spawn::apps {
namespace {

constexpr core::Nanos kPatience = std::chrono::seconds(5);
constexpr core::Nanos kTryAgain = std::chrono::seconds(60);
// Who waits for the last call waits a little longer than it may take.
constexpr core::Nanos kTimeToEnd = std::chrono::milliseconds(20);

}  // namespace

RemoteSampling::RemoteSampling(Request request, const core::Env& env, core::Clock& clock,
                               core::Rng& rng)
    : request_(std::move(request)),
      env_(env),
      clock_(clock),
      rng_(rng),
      sampler_({request_.service, request_.service_type}, clock, rng) {
  const telemetry::AllSignalsBlocked blocked;
  try {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "spawn-sampling");
  } catch (const std::system_error& error) {
    sampler_.cannot_ask(error.what());
    ended_ = true;
  }
}

RemoteSampling::~RemoteSampling() {
  stop(core::Deadline::after(clock_, core::Nanos::zero()));
  if (thread_.joinable()) thread_.join();
}

bool RemoteSampling::stop(core::Deadline deadline) {
  std::unique_lock lock(mutex_);
  stop_by_ = deadline;
  changed_.notify_all();
  return changed_.wait_for(lock, deadline.remaining(clock_), [this] { return ended_; });
}

void RemoteSampling::run() {
  work();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void RemoteSampling::work() {
  auto session = CurlSession::make("", "", env_, clock_, rng_, nullptr);
  if (!session) {
    sampler_.cannot_ask(session.error().message);
    return say(core::fail(session.error()));
  }
  for (;;) {
    const core::Nanos next = poll(**session);
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, next, [this] { return stop_by_.has_value(); })) continue;
    const auto deadline = core::Deadline::at(stop_by_->at_steady_ns() - kTimeToEnd.count());
    lock.unlock();
    return report_rest(**session, deadline);
  }
}

void RemoteSampling::report_rest(CurlSession& session, core::Deadline deadline) {
  const auto endpoint = session.get().endpoint(aws::xray::kService, request_.url);
  if (!endpoint || deadline.passed(clock_)) return;
  sampler_.report_rest(session.get().caller(), *endpoint, deadline);
}

core::Nanos RemoteSampling::poll(CurlSession& session) {
  const auto endpoint = session.get().endpoint(aws::xray::kService, request_.url);
  if (!endpoint) {
    sampler_.cannot_ask(endpoint.error().message);
    say(core::fail(endpoint.error()));
    return kTryAgain;
  }
  const auto polled =
      sampler_.poll(session.get().caller(), *endpoint, core::Deadline::after(clock_, kPatience));
  if (polled.asked) say(*polled.asked);
  return polled.next;
}

void RemoteSampling::say(const core::Status& status) {
  const bool said = std::exchange(said_, !status);
  if (status || said) return;
  {
    // Who ends us may have no log any more.
    const std::lock_guard lock(mutex_);
    if (stop_by_) return;
  }
  request_.warn(
      fmt::format("X-Ray's sampling rules cannot be had: {}; until they can, one trace a "
                  "second and 5 % of the others are recorded",
                  status.error().message));
}

}  // namespace spawn::apps
