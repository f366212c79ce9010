// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One exporter: its sink, its thread and its place in the spools. Reads what it has not sent, hands
// it to the sink in batches, settles what the sink has accounted for, and tries the rest again
// after a back-off. A sink that hangs or fails holds up nobody else. The thread alone calls the
// sink; all else may be called by any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/backoff.h"
#include "core/clock.h"
#include "core/rng.h"
#include "store/spool.h"
#include "telemetry/gather.h"
#include "telemetry/telemetry.h"

namespace spawn::telemetry {

// A span that is open for long, to be shown before it ends.
struct Announcement {
  trace::SpanRecord record;
  std::size_t slot;  // of the table of open spans
  std::uint64_t turn;
};

class Sender {
 public:
  Sender(NamedSink sink, store::Spool& own, std::size_t reader, core::Clock& clock, core::Rng& rng,
         const Options& options);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  [[nodiscard]] const NamedSink& named() const { return sink_; }

  // Its thread begins, and keeps `owner` alive. Does nothing when no thread can be had.
  void start(std::shared_ptr<void> owner);
  // There are so many more to read. It sleeps on while that is not worth a call.
  void wake(std::size_t spans);
  // A predecessor's spool, with what this exporter has still to send of it.
  void adopt(store::Spool& spool, std::size_t reader);
  // So many spans of predecessors were dropped before anybody could send them.
  void dropped_at_adoption(std::uint64_t spans);
  void announce(std::vector<Announcement>&& open);

  // What is in the spools now is to be sent now, once. The ticket is for flushed().
  std::uint64_t ask_flush();
  // Waits; true when all of it was settled.
  bool flushed(std::uint64_t ticket, core::Deadline deadline);

  // It will be asked to stop: what it begins to send from now on has to end by then.
  void ask_hurry(core::Deadline deadline);
  // Send what is left until the deadline, then end. finish() waits for it; false when the sink
  // hangs: its thread is left behind, and what it reports later counts no more.
  void ask_stop(core::Deadline deadline);
  bool finish(core::Deadline deadline);

  [[nodiscard]] ExporterStats stats() const;
  // In a forked child.
  void begin_anew();

 private:
  // Where a span's frame is that is settled, but an earlier one is not.
  struct SentEarly {
    std::uint64_t sequence;
    std::uint64_t segment;
    std::uint64_t offset;
  };
  struct Source {
    store::Spool* spool;
    std::size_t reader;
    Gather gather;
    Watermark watermark{};
    std::deque<SentEarly> sent_early{};
  };
  // What others wait on. Not inline, so that a forked child can have new ones.
  struct Sync {
    std::mutex mutex;
    std::condition_variable changed;
    bool news = false;
    std::size_t unread = 0;
    std::size_t wanted = 1;  // of them, to be woken for
    std::uint64_t flush_asked = 0;
    std::uint64_t flush_done = 0;
    bool flush_whole = true;
    std::int64_t hurry_by_ns = kRunning;
    std::int64_t stop_by_ns = kRunning;
    bool ended = false;
    bool given_up = false;
    std::list<Source> adopted;  // not taken over yet
    std::vector<Announcement> open;
    ExporterStats stats;
  };

  void work();
  [[nodiscard]] Source source_of(store::Spool& spool, std::size_t reader) const;
  bool read(Source& source);
  bool send(Source& source, store::TakenSpans batch, core::Deadline deadline);
  void account(Source& source, store::TakenSpans&& done, const trace::WriteReport& report);
  static void settle(Source& source, const store::Taken& taken);
  void send_announcements(core::Deadline deadline);
  void back_off(core::Nanos patience);
  void tell_dropped();
  // Sends what is due; false when nothing is, or the sink takes nothing now.
  bool step(bool all, core::Deadline deadline);
  void mark_sent_early();
  void wait();
  [[nodiscard]] bool backing_off() const;
  [[nodiscard]] core::Deadline export_deadline() const;

  NamedSink sink_;
  core::Clock& clock_;
  core::Rng& rng_;
  Options options_;
  std::unique_ptr<Sync> sync_ = std::make_unique<Sync>();
  std::unique_ptr<std::thread> thread_;

  // The thread's own.
  std::list<Source> sources_;  // ours is the first
  store::TakenSpans read_;
  std::vector<trace::SpanRecord> records_;
  core::Backoff backoff_{std::chrono::seconds(1), std::chrono::seconds(60)};
  int failures_ = 0;
  std::int64_t retry_at_ns_ = INT64_MIN;
  std::int64_t asked_until_ns_ = INT64_MIN;  // the receiver asked for patience until then
  core::Nanos next_housekeeping_{0};
  std::uint64_t told_dropped_ = 0;

  static constexpr std::int64_t kRunning = INT64_MAX;
};

}  // namespace spawn::telemetry
