// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Ring, spool, worker thread and exporters: what Telemetry owns and an abandoned thread keeps
// alive. The threads start with the first span, so a program that ends without one has none, and
// one that forks before has nothing to repair. In a forked child the engine begins anew: the
// inherited spans are the parent's.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/rng.h"
#include "store/spool.h"
#include "telemetry/fork_registry.h"
#include "telemetry/queue.h"
#include "telemetry/resource_detectors.h"
#include "telemetry/ring.h"
#include "telemetry/schedule.h"
#include "telemetry/sender.h"
#include "telemetry/telemetry.h"
#include "telemetry/wakeup.h"

namespace spawn::telemetry {

class Engine final : public Queue, public std::enable_shared_from_this<Engine> {
 public:
  Engine(std::vector<NamedSink> sinks, trace::Resource resource, core::Clock& clock, core::Rng& rng,
         Options options);
  ~Engine() override;

  void push(trace::SpanRecord& record) noexcept override;
  int opened(const trace::SpanRecord& record, std::int64_t steady_ns) noexcept override;
  void closed(int open) noexcept override { open_spans_.remove(open); }

  void start_worker() noexcept;
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

  std::unique_ptr<store::Spool> make_spool(const std::vector<std::string>& readers);
  void push_beside_ring(trace::SpanRecord& record) noexcept;
  void work();
  void adopt();
  // Moves one batch of what waits in the ring into the spool; tells how many spans that were.
  std::size_t move_batch();
  void move_all();
  void wake_senders(std::size_t spans);
  void wake_worker() noexcept;
  void doze_until(std::size_t spans);
  void nap();
  void announce();
  // How long the worker may sleep although spans are open.
  [[nodiscard]] core::Nanos until_watch() const;
  [[nodiscard]] bool batch_ready() const;
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] bool asked() const;
  void keep_what_is_left();
  void begin_anew();

  trace::Resource resource_;
  ProcessIds process_ = process_ids();
  core::Clock& clock_;
  Options options_;
  Keeping keeping_;
  std::vector<std::string> notes_;  // before spool_, which may add to them
  std::unique_ptr<store::Spool> spool_;
  store::OpenSpans& open_spans_;
  // Some exporter shows spans before they end, or a successor closes those that never did.
  bool follows_open_spans_ = false;
  Ring ring_;
  std::vector<std::unique_ptr<Sender>> senders_;
  Wakeup wakeup_;
  std::vector<std::unique_ptr<store::Spool>> adopted_;

  // The worker's.
  std::vector<Ring::Held> held_;
  std::vector<store::Spool::Source> sources_;
  std::array<std::uint64_t, store::OpenSpans::kSlots> announced_{};  // turn + 1 of each slot
  std::int64_t next_watch_ns_ = kRunning;

  std::atomic<bool> closed_{false};
  std::atomic<bool> worker_started_{false};
  std::atomic<std::uint64_t> wake_at_{
      0};  // position in the ring for which a dozing worker is woken
  std::atomic<std::uint64_t> after_close_{0};  // spans that came too late
  std::atomic<std::uint64_t> spilled_{0};
  std::atomic<std::size_t> beside_waiting_{0};  // since the last batch was moved
  std::atomic<std::size_t> beside_bytes_{0};
  std::atomic<std::uint64_t> flush_asked_{0};
  std::atomic<bool> stop_{false};

  // What flush() and shutdown() wait on, and what stats() must see in one piece. Not inline, so
  // that a forked child can have new ones.
  struct Waiters {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t flush_done = 0;
    bool worker_ended = false;
    std::mutex moving;           // over what follows, and every append to the spool
    std::uint64_t moved = 0;     // from the ring
    std::uint64_t beside = 0;    // spans that never were in the ring
    std::uint64_t not_kept = 0;  // the spool could not take them
  };
  std::unique_ptr<Waiters> waiters_ = std::make_unique<Waiters>();
  std::unique_ptr<std::thread> thread_;
  // By shutdown(): it is over, and what a successor finds of each sender's.
  std::vector<std::uint64_t> saved_;
  std::atomic<bool> over_{false};
  ChildHandler child_handler_{*this};

  static constexpr std::int64_t kRunning = INT64_MAX;
};

}  // namespace spawn::telemetry
