// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/engine.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

namespace spawn::telemetry {
namespace {

// A thread of ours must never take a signal that the program waits for.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// condition_variable::wait_for overflows on a duration that is added to "now".
core::Nanos waitable(core::Nanos duration) {
  return std::min<core::Nanos>(duration, std::chrono::hours(24 * 365));
}

}  // namespace

Engine::Engine(std::vector<NamedSink> sinks, trace::Resource resource, core::Clock& clock,
               Options options)
    : resource_(std::move(resource)),
      clock_(clock),
      options_(options),
      ring_(options.queue_slots),
      exporters_(std::move(sinks)) {
  batch_.reserve(options_.batch_spans);
}

Engine::~Engine() = default;

void Engine::push(trace::SpanRecord& record) noexcept {
  if (closed_.load(std::memory_order_relaxed)) [[unlikely]] {
    after_close_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (record.spilled()) [[unlikely]] {
    spilled_.fetch_add(1, std::memory_order_relaxed);
    spilled_bytes_waiting_.fetch_add(record.payload_bytes(), std::memory_order_relaxed);
  }
  ring_.push(record);
  if (!worker_started_.load(std::memory_order_acquire)) [[unlikely]] {
    start_worker();
  }
  wakeup_.pushed([this] { return batch_ready(); });
}

void Engine::start_worker() noexcept {
  const std::lock_guard lock(waiters_->mutex);
  if (worker_started_.load(std::memory_order_relaxed)) return;
  const AllSignalsBlocked blocked;
  try {
    thread_ = std::make_unique<std::thread>([self = shared_from_this()] { self->work(); });
    pthread_setname_np(thread_->native_handle(), "spawn-export");
    worker_started_.store(true, std::memory_order_release);
  } catch (const std::system_error&) {
    // No thread to be had: spans wait (the oldest go, counted) until the next push tries again or
    // shutdown() drains on its own thread.
  }
}

bool Engine::batch_ready() const {
  return ring_.size() >= options_.batch_spans ||
         spilled_bytes_waiting_.load(std::memory_order_relaxed) >= options_.batch_bytes;
}

bool Engine::asked() const {
  return stop_by_ns_.load(std::memory_order_seq_cst) != kRunning ||
         flush_asked_.load(std::memory_order_seq_cst) != waiters_->flush_done;
}

void Engine::work() {
  Schedule schedule(options_.batch_spans, options_.schedule_delay);
  for (;;) {
    const std::uint64_t ticket = flush_asked_.load(std::memory_order_seq_cst);
    const std::int64_t stop_by_ns = stop_by_ns_.load(std::memory_order_seq_cst);
    if (stop_by_ns != kRunning) {
      export_all(core::Deadline::at(stop_by_ns));
      break;
    }
    if (ticket != waiters_->flush_done || schedule.overdue(clock_.steady_ns())) {
      export_all(core::Deadline::never());
      answer_flush(ticket);
      schedule.exported();
    }
    while (batch_ready() && stop_by_ns_.load(std::memory_order_relaxed) == kRunning) {
      if (!export_batch(core::Deadline::never())) break;
      schedule.exported();
    }

    const std::size_t waiting = ring_.size();
    schedule.observe(waiting, clock_.steady_ns());
    wakeup_.prepare(waiting == 0 ? Wakeup::Worker::idle : Wakeup::Worker::dozing);
    if (asked() || batch_ready() || (waiting == 0 && ring_.size() > 0)) {
      wakeup_.stay_awake();
      continue;
    }
    wakeup_.sleep(schedule.until_due(clock_.steady_ns()));
  }
  const std::lock_guard lock(waiters_->mutex);
  waiters_->flush_done = flush_asked_.load();
  waiters_->worker_ended = true;
  waiters_->changed.notify_all();
}

void Engine::export_all(core::Deadline deadline) {
  // Not what comes in meanwhile: a busy program would never be done.
  for (std::size_t left = ring_.size(); left > 0 && export_batch(deadline);) {
    left -= std::min(left, options_.batch_spans);
    if (deadline.passed(clock_)) return;
  }
}

bool Engine::export_batch(core::Deadline deadline) {
  batch_.clear();
  spilled_bytes_waiting_.store(0, std::memory_order_relaxed);
  std::size_t bytes = 0;
  while (batch_.size() < options_.batch_spans && bytes < options_.batch_bytes) {
    const bool popped = ring_.pop([&](trace::SpanRecord&& record) {
      bytes += record.payload_bytes();
      batch_.push_back(std::move(record));
      batch_.back().settle();
    });
    if (!popped) break;
  }
  if (batch_.empty()) return false;
  const core::Deadline timeout = core::Deadline::after(clock_, options_.export_timeout);
  exporters_.write(batch_, std::min(deadline, timeout));
  return true;
}

void Engine::answer_flush(std::uint64_t ticket) {
  const std::lock_guard lock(waiters_->mutex);
  waiters_->flush_done = ticket;
  waiters_->changed.notify_all();
}

bool Engine::flush(core::Deadline deadline) {
  if (!worker_started_.load()) return ring_.size() == 0;
  std::unique_lock lock(waiters_->mutex);
  const std::uint64_t ticket = flush_asked_.fetch_add(1) + 1;
  wakeup_.wake();
  return waiters_->changed.wait_for(lock, waitable(deadline.remaining(clock_)), [&] {
    return waiters_->flush_done >= ticket || waiters_->worker_ended;
  });
}

bool Engine::shutdown(core::Deadline deadline) {
  if (closed_.exchange(true)) return true;
  if (!worker_started_.load()) {
    export_all(deadline);
  } else {
    stop_by_ns_.store(deadline.at_steady_ns() == kRunning ? kRunning - 1 : deadline.at_steady_ns());
    wakeup_.wake();
    std::unique_lock lock(waiters_->mutex);
    const bool ended = waiters_->changed.wait_for(lock, waitable(deadline.remaining(clock_)),
                                                  [&] { return waiters_->worker_ended; });
    lock.unlock();
    if (!ended) {
      thread_->detach();
      exporters_.give_up(ring_.pushed() - ring_.dropped(), "no answer in time");
      return false;
    }
    thread_->join();
  }
  exporters_.give_up(ring_.pushed() - ring_.dropped(), "no time left to send them");
  return true;
}

Stats Engine::stats() const {
  Stats stats;
  const std::uint64_t late = after_close_.load();
  stats.ended = ring_.pushed() + late;
  stats.dropped = ring_.dropped() + late;
  stats.spilled = spilled_.load();
  stats.exporters = exporters_.stats();
  return stats;
}

void Engine::begin_anew() {
  // Whatever other threads held at the fork stays held for ever: leave those objects behind.
  (void)waiters_.release();
  waiters_ = std::make_unique<Waiters>();
  (void)thread_.release();
  new (&wakeup_) Wakeup;
  exporters_.begin_anew();
  ring_.reset();
  new (&batch_) std::vector<trace::SpanRecord>;
  batch_.reserve(options_.batch_spans);
  spilled_.store(0);
  spilled_bytes_waiting_.store(0);
  flush_asked_.store(0);
  after_close_.store(0);
  stop_by_ns_.store(kRunning);
  closed_.store(false);
  worker_started_.store(false);
}

}  // namespace spawn::telemetry
