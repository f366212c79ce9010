// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Ring, worker thread and exporters: what Telemetry owns and an abandoned worker keeps alive. The
// worker starts with the first span, so a program that ends without one has no thread, and one that
// forks before has nothing to repair. In a forked child the engine begins anew: the inherited spans
// are the parent's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "telemetry/exporters.h"
#include "telemetry/fork_registry.h"
#include "telemetry/queue.h"
#include "telemetry/ring.h"
#include "telemetry/schedule.h"
#include "telemetry/telemetry.h"
#include "telemetry/wakeup.h"

namespace spawn::telemetry {

class Engine final : public Queue, public std::enable_shared_from_this<Engine> {
 public:
  Engine(std::vector<NamedSink> sinks, trace::Resource resource, core::Clock& clock,
         Options options);
  ~Engine() override;

  void push(trace::SpanRecord& record) noexcept override;

  bool flush(core::Deadline deadline);
  bool shutdown(core::Deadline deadline);
  [[nodiscard]] Stats stats() const;
  [[nodiscard]] const trace::Resource& resource() const { return resource_; }

 private:
  struct ChildHandler final : ForkListener {
    explicit ChildHandler(Engine& of) : engine(of) {}
    void after_fork_in_child() override { engine.begin_anew(); }
    Engine& engine;
  };

  void start_worker() noexcept;
  void work();
  // Exports one batch of what waits; false when nothing did.
  bool export_batch(core::Deadline deadline);
  void export_all(core::Deadline deadline);
  [[nodiscard]] bool batch_ready() const;
  [[nodiscard]] bool asked() const;
  void answer_flush(std::uint64_t ticket);
  void begin_anew();

  trace::Resource resource_;
  core::Clock& clock_;
  Options options_;
  Ring ring_;
  Exporters exporters_;
  Wakeup wakeup_;
  std::vector<trace::SpanRecord> batch_;  // the worker's

  std::atomic<bool> closed_{false};
  std::atomic<bool> worker_started_{false};
  std::atomic<std::uint64_t> after_close_{0};  // spans that came too late
  std::atomic<std::uint64_t> spilled_{0};
  std::atomic<std::size_t> spilled_bytes_waiting_{0};  // since the last batch was taken
  std::atomic<std::uint64_t> flush_asked_{0};
  std::atomic<std::int64_t> stop_by_ns_{kRunning};  // steady time of the shutdown deadline

  // What flush() and shutdown() wait on. Not inline, so that a forked child can have new ones.
  struct Waiters {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t flush_done = 0;
    bool worker_ended = false;
  };
  std::unique_ptr<Waiters> waiters_ = std::make_unique<Waiters>();
  std::unique_ptr<std::thread> thread_;
  ChildHandler child_handler_{*this};

  static constexpr std::int64_t kRunning = INT64_MAX;
};

}  // namespace spawn::telemetry
