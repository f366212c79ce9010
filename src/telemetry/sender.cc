// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/sender.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "telemetry/signals.h"

namespace spawn::telemetry {
namespace {

// Nobody sees it on a trace's way to a console, and a busy program needs a fraction of the calls.
constexpr core::Nanos kLinger = std::chrono::milliseconds(10);
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kMostSentEarly = 4096;
constexpr std::size_t kMostAnnounced = 1024;

// A sink that uses its time up can still say why before finish() stops waiting for it.
constexpr core::Nanos kTimeToTell = std::chrono::milliseconds(20);

// condition_variable::wait_for overflows on a duration that is added to "now".
core::Nanos waitable(core::Nanos duration) {
  return std::min<core::Nanos>(duration, std::chrono::hours(24 * 365));
}

}  // namespace

Sender::Sender(NamedSink sink, store::Spool& own, std::size_t reader, core::Clock& clock,
               core::Rng& rng, const Options& options)
    : sink_(std::move(sink)), clock_(clock), rng_(rng), options_(options) {
  sources_.push_back(source_of(own, reader));
  sync_->stats.name = sink_.name;
}

Sender::Source Sender::source_of(store::Spool& spool, std::size_t reader) const {
  return {&spool, reader,
          Gather({sink_.whole_traces, options_.export_spans, options_.queue_slots, options_.hold,
                  kLinger})};
}

void Sender::start(std::shared_ptr<void> owner) {
  if (thread_ != nullptr) return;
  const AllSignalsBlocked blocked;
  try {
    thread_ = std::make_unique<std::thread>([this, owner = std::move(owner)] { work(); });
    pthread_setname_np(thread_->native_handle(), ("spawn-" + sink_.name).substr(0, 15).c_str());
  } catch (const std::system_error&) {
    // finish() sends what it can on its caller's thread.
  }
}

void Sender::wake(std::size_t spans) {
  const std::lock_guard lock(sync_->mutex);
  sync_->unread += spans;
  if (sync_->unread < sync_->wanted) return;
  sync_->news = true;
  sync_->changed.notify_all();
}

void Sender::adopt(store::Spool& spool, std::size_t reader) {
  const std::lock_guard lock(sync_->mutex);
  sync_->adopted.push_back(source_of(spool, reader));
  sync_->stats.adopted.found += spool.counts(reader).waiting;
  sync_->news = true;
  sync_->changed.notify_all();
}

void Sender::dropped_at_adoption(std::uint64_t spans) {
  const std::lock_guard lock(sync_->mutex);
  AdoptedStats& adopted = sync_->stats.adopted;
  adopted.found += spans;
  adopted.lost += spans;
  adopted.lost_by["spools over their bound"] += spans;
}

void Sender::announce(std::vector<Announcement>&& open) {
  const std::lock_guard lock(sync_->mutex);
  for (Announcement& one : open) {
    if (sync_->open.size() < kMostAnnounced) sync_->open.push_back(std::move(one));
  }
  sync_->news = true;
  sync_->changed.notify_all();
}

std::uint64_t Sender::ask_flush() {
  const std::lock_guard lock(sync_->mutex);
  sync_->changed.notify_all();
  return ++sync_->flush_asked;
}

bool Sender::flushed(std::uint64_t ticket, core::Deadline deadline) {
  std::unique_lock lock(sync_->mutex);
  const bool answered = sync_->changed.wait_for(lock, waitable(deadline.remaining(clock_)), [&] {
    return sync_->flush_done >= ticket || sync_->ended;
  });
  return answered && sync_->flush_whole;
}

void Sender::ask_hurry(core::Deadline deadline) {
  const std::lock_guard lock(sync_->mutex);
  sync_->hurry_by_ns = deadline.at_steady_ns() - kTimeToTell.count();
}

void Sender::ask_stop(core::Deadline deadline) {
  const std::lock_guard lock(sync_->mutex);
  sync_->stop_by_ns = std::min(deadline.at_steady_ns() - kTimeToTell.count(), kRunning - 1);
  sync_->changed.notify_all();
}

bool Sender::finish(core::Deadline deadline) {
  if (thread_ == nullptr) {
    work();
    return true;
  }
  std::unique_lock lock(sync_->mutex);
  const bool ended = sync_->changed.wait_for(lock, waitable(deadline.remaining(clock_)),
                                             [&] { return sync_->ended; });
  if (!ended) {
    sync_->given_up = true;
    if (sync_->stats.last_reason.empty()) sync_->stats.last_reason = "no answer in time";
    thread_->detach();
    return false;
  }
  lock.unlock();
  thread_->join();
  return true;
}

void Sender::work() {
  for (;;) {
    std::unique_lock lock(sync_->mutex);
    const std::uint64_t ticket = sync_->flush_asked;
    const bool flushing = ticket != sync_->flush_done;
    const std::int64_t stop_by_ns = sync_->stop_by_ns;
    sources_.splice(sources_.end(), sync_->adopted);
    sync_->news = false;
    sync_->unread = 0;
    sync_->wanted = 1;
    lock.unlock();

    const bool stopping = stop_by_ns != kRunning;
    // Our own back-off is cut short, not what the receiver asked for.
    if (stopping || flushing) retry_at_ns_ = asked_until_ns_;
    bool whole = true;
    if (stopping) {
      const core::Deadline deadline = core::Deadline::at(stop_by_ns);
      while (!deadline.passed(clock_) && step(true, deadline)) {
      }
      mark_sent_early();
    } else {
      while (step(flushing, export_deadline())) {
        const std::lock_guard look(sync_->mutex);
        if (sync_->stop_by_ns != kRunning || (!flushing && sync_->flush_asked != ticket)) break;
      }
      whole = std::ranges::all_of(sources_,
                                  [](const Source& source) { return source.gather.held() == 0; });
    }

    lock.lock();
    if (flushing && (whole || backing_off())) {
      sync_->flush_done = ticket;
      sync_->flush_whole = whole;
      sync_->changed.notify_all();
    }
    if (stopping) {
      sync_->ended = true;
      sync_->changed.notify_all();
      return;
    }
    lock.unlock();
    wait();
  }
}

void Sender::wait() {
  const std::int64_t now = clock_.steady_ns();
  core::Nanos due = core::Nanos::max();
  for (const Source& source : sources_) due = std::min(due, source.gather.until_due(now));
  if (backing_off()) due = core::Nanos(retry_at_ns_ - now);
  due = std::min(due, next_housekeeping_);
  std::unique_lock lock(sync_->mutex);
  sync_->wanted = sources_.front().gather.missing();
  (void)sync_->changed.wait_for(lock, waitable(due), [&] {
    return sync_->stop_by_ns != kRunning || sync_->flush_asked != sync_->flush_done ||
           (sync_->news && !backing_off());
  });
}

bool Sender::backing_off() const { return retry_at_ns_ > clock_.steady_ns(); }

core::Deadline Sender::export_deadline() const {
  const std::lock_guard lock(sync_->mutex);
  return std::min(core::Deadline::after(clock_, options_.export_timeout),
                  core::Deadline::at(sync_->hurry_by_ns));
}

// What is new of ours comes before what predecessors left.
bool Sender::step(bool all, core::Deadline deadline) {
  if (backing_off()) return false;
  send_announcements(deadline);
  if (backing_off() && !all) return false;
  bool more = false;
  for (Source& source : sources_) {
    while (!source.gather.enough() && read(source)) more = true;
    store::TakenSpans batch = source.gather.next(clock_.steady_ns(), all);
    if (!batch.empty()) return send(source, std::move(batch), deadline);
  }
  tell_dropped();
  next_housekeeping_ = sink_.sink->housekeeping(deadline);
  return more;
}

// False when there was nothing new.
bool Sender::read(Source& source) {
  if (source.gather.full() ||
      source.spool->read(source.reader, 4 * options_.batch_spans, kReadBytes, read_) == 0) {
    return false;
  }
  const std::int64_t now = clock_.steady_ns();
  while (!read_.empty()) {
    source.watermark.read(read_.front().sequence);
    source.gather.add(read_, now);
  }
  return true;
}

bool Sender::send(Source& source, store::TakenSpans batch, core::Deadline deadline) {
  records_.clear();
  records_.reserve(batch.size());
  for (store::Taken& taken : batch) records_.push_back(std::move(taken.record));
  const trace::WriteReport report = sink_.sink->write(records_, deadline);
  store::TakenSpans later;
  for (std::size_t i = std::min(report.later, batch.size()); i > 0; --i) {
    later.splice(later.begin(), batch, std::prev(batch.end()));
    later.front().record = std::move(records_[batch.size()]);
  }
  {
    const std::lock_guard lock(sync_->mutex);
    if (sync_->given_up) return false;
    account(source, std::move(batch), report);
  }
  const bool all = later.empty();
  source.gather.put_back(std::move(later));
  if (all) {
    failures_ = 0;
    return true;
  }
  back_off(report.patience);
  return false;
}

void Sender::back_off(core::Nanos patience) {
  const std::int64_t now = clock_.steady_ns();
  if (patience.count() > 0) asked_until_ns_ = now + patience.count();
  retry_at_ns_ = std::max(asked_until_ns_, now + backoff_.base.count() / 4 +
                                               backoff_.before_retry(++failures_, rng_).count());
}

// With the lock, so that stats() never sees a span twice or not at all.
void Sender::account(Source& source, store::TakenSpans&& done, const trace::WriteReport& report) {
  ExporterStats& stats = sync_->stats;
  const std::size_t lost = std::min(report.lost, done.size());
  const bool ours = &source == &sources_.front();
  (ours ? stats.delivered : stats.adopted.delivered) += done.size() - lost;
  (ours ? stats.lost : stats.adopted.lost) += lost;
  if (!report.reason.empty()) {
    stats.last_reason = report.reason;
  } else if (stats.lost == 0) {
    stats.last_reason.clear();
  }
  auto& lost_by = ours ? stats.lost_by : stats.adopted.lost_by;
  std::size_t named = 0;
  for (const trace::Loss& loss : report.losses) {
    lost_by[loss.why] += loss.count;
    named += loss.count;
  }
  if (named < lost) lost_by["other"] += lost - named;

  if (done.empty()) return;
  for (const store::Taken& taken : done) settle(source, taken);
  const std::uint64_t below = source.watermark.below();
  while (!source.sent_early.empty() && source.sent_early.front().sequence < below) {
    source.sent_early.pop_front();
  }
  source.spool->settle(source.reader, std::move(done), below);
}

void Sender::settle(Source& source, const store::Taken& taken) {
  source.watermark.settled(taken.sequence);
  if (taken.sequence < source.watermark.below()) return;
  if (source.sent_early.size() >= kMostSentEarly) source.sent_early.pop_front();
  source.sent_early.push_back({taken.sequence, taken.segment, taken.offset});
}

// A successor sends them again unless it finds this.
void Sender::mark_sent_early() {
  for (Source& source : sources_) {
    for (const SentEarly& sent : source.sent_early) {
      if (sent.sequence < source.watermark.below()) continue;
      source.spool->mark(source.reader, sent.segment, sent.offset);
    }
    source.sent_early.clear();
  }
}

void Sender::send_announcements(core::Deadline deadline) {
  std::vector<Announcement> open;
  {
    const std::lock_guard lock(sync_->mutex);
    open.swap(sync_->open);
  }
  // One that ended meanwhile must not replace its own end.
  std::erase_if(open, [&](const Announcement& one) {
    return !sources_.front().spool->open_spans().still_open(one.slot, one.turn);
  });
  if (open.empty()) return;
  records_.clear();
  for (Announcement& one : open) records_.push_back(std::move(one.record));
  const trace::WriteReport report = sink_.sink->write(records_, deadline);
  const std::size_t later = std::min(report.later, open.size());
  {
    const std::lock_guard lock(sync_->mutex);
    sync_->stats.announced += report.delivered;
    for (std::size_t i = open.size() - later; i < open.size(); ++i) {
      open[i].record = std::move(records_[i]);
      sync_->open.push_back(std::move(open[i]));
    }
  }
  if (later > 0) back_off(report.patience);
}

void Sender::tell_dropped() {
  const store::ReaderCounts counts = sources_.front().spool->counts(sources_.front().reader);
  const std::uint64_t dropped = counts.dropped + counts.damaged;
  if (dropped > told_dropped_) sink_.sink->dropped(dropped - told_dropped_);
  told_dropped_ = dropped;
}

ExporterStats Sender::stats() const {
  const std::lock_guard lock(sync_->mutex);
  ExporterStats stats = sync_->stats;
  const Source& own = sources_.front();
  const store::ReaderCounts counts = own.spool->counts(own.reader);
  stats.waiting = counts.waiting;
  stats.dropped = counts.dropped;
  stats.damaged = counts.damaged;
  if (own.spool->on_disk() && !sink_.keeping.name.empty())
    stats.spooled = counts.waiting - counts.in_memory;
  const auto add = [&](const Source& adopted) {
    const store::ReaderCounts left = adopted.spool->counts(adopted.reader);
    const std::uint64_t gone = sync_->ended ? left.in_memory : 0;
    stats.adopted.waiting += left.waiting - gone;
    stats.adopted.lost += gone;
    if (gone > 0) stats.adopted.lost_by["not kept on disk"] += gone;
    stats.adopted.damaged += left.damaged;
  };
  for (auto source = std::next(sources_.begin()); source != sources_.end(); ++source) add(*source);
  for (const Source& source : sync_->adopted) add(source);
  return stats;
}

void Sender::begin_anew() {
  // Whatever other threads held at the fork stays held for ever: leave those objects behind.
  (void)sync_.release();
  sync_ = std::make_unique<Sync>();
  sync_->stats.name = sink_.name;
  (void)thread_.release();
  store::Spool& own = *sources_.front().spool;
  const std::size_t reader = sources_.front().reader;
  new (&sources_) std::list<Source>;
  sources_.push_back(source_of(own, reader));
  new (&read_) store::TakenSpans;
  new (&records_) std::vector<trace::SpanRecord>;
  failures_ = 0;
  retry_at_ns_ = INT64_MIN;
  asked_until_ns_ = INT64_MIN;
  next_housekeeping_ = core::Nanos(0);
  told_dropped_ = 0;
}

}  // namespace spawn::telemetry
