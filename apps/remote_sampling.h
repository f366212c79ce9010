// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's sampling rules for the real programs and for the library: the sampler, its own session
// with AWS, and the thread that asks X-Ray when something is due. Who decides about a trace never
// waits for it. That rules cannot be had is said once until they can. At the end X-Ray is told what
// was counted since the last report, if it answers in time.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/clock.h"
#include "core/env.h"
#include "core/rng.h"
#include "xray/remote_sampler.h"

namespace spawn::apps {

class CurlSession;

class RemoteSampling {
 public:
  struct Request {
    std::string service;                           // service.name of the segments
    std::string service_type;                      // their origin, "" for none
    std::string url;                               // of X-Ray, "" for AWS's own
    std::function<void(const std::string&)> warn;  // called on the thread
  };
  // The thread begins. What is referred to must outlive this.
  RemoteSampling(Request request, const core::Env& env, core::Clock& clock, core::Rng& rng);
  // Waits for a call that is under way, which is a few seconds at most; programs leave by _exit.
  ~RemoteSampling();
  RemoteSampling(const RemoteSampling&) = delete;
  RemoteSampling& operator=(const RemoteSampling&) = delete;

  [[nodiscard]] xray::RemoteSampler& sampler() { return sampler_; }
  // Ends the thread, and waits for it until then. False: X-Ray still hangs; then either somebody
  // waits for it after all (the destructor), or this has to live as long as the process.
  bool stop(core::Deadline deadline);

 private:
  void run();
  void work();
  // Returns how long nothing is to be done.
  core::Nanos poll(CurlSession& session);
  void report_rest(CurlSession& session, core::Deadline deadline);
  void say(const core::Status& status);

  Request request_;
  const core::Env& env_;
  core::Clock& clock_;
  core::Rng& rng_;
  xray::RemoteSampler sampler_;
  bool said_ = false;  // the thread's

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<core::Deadline> stop_by_;
  bool ended_ = false;  // the thread, or it never was
  std::thread thread_;
};

}  // namespace spawn::apps
