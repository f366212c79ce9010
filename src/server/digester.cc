// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/digester.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>

namespace spawn::server {
namespace {

constexpr std::chrono::nanoseconds kPause = std::chrono::seconds(1);
constexpr std::size_t kAtOnce = 1000;

// Processor time of this thread: how long it waits for others to let it run is not its doing.
std::chrono::nanoseconds worked() {
  timespec time{};
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Digester::Digester(Traces& traces)
    : traces_(traces), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Digester::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "digester");
  // Whoever asks or writes goes first.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
  std::uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto began = worked();
    std::uint64_t before = seen;
    do {
      before = seen;
      // What could not be read now is read when somebody asks for it.
      (void)traces_.changed(seen, kAtOnce,
                            [&](const Digest&, std::uint64_t change) { seen = change; });
    } while (seen != before && !stop.stop_requested());
    // A large trace that grows all the time shall not take more than half of a processor.
    const auto pause = std::max(kPause, worked() - began);
    stopped_.wait_for(lock, stop, pause, [] { return false; });
  }
}

}  // namespace spawn::server
