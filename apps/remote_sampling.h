// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's sampling rules for the real programs: the sampler, its own session with AWS, and the
// thread that asks X-Ray when something is due. Who decides about a trace never waits for it. That
// rules cannot be had is said on stderr, once until they can.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
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
    std::string program;  // prefix of notes
    std::string service;  // service.name of the segments
    std::string url;      // of X-Ray, "" for AWS's own
  };
  // The thread begins. What is referred to must outlive this.
  RemoteSampling(Request request, const core::Env& env, core::Clock& clock, core::Rng& rng);
  // Waits for a call that is under way, which is a few seconds at most; programs leave by _exit.
  ~RemoteSampling();
  RemoteSampling(const RemoteSampling&) = delete;
  RemoteSampling& operator=(const RemoteSampling&) = delete;

  [[nodiscard]] trace::RootSampler& sampler() { return sampler_; }

 private:
  void work();
  // Returns how long nothing is to be done.
  core::Nanos poll(CurlSession& session);
  void say(const core::Status& status);

  Request request_;
  const core::Env& env_;
  core::Clock& clock_;
  core::Rng& rng_;
  xray::RemoteSampler sampler_;
  bool said_ = false;  // the thread's

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace spawn::apps
