// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/engine.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <bit>
#include <new>
#include <system_error>
#include <utility>

#include "telemetry/signals.h"

namespace spawn::telemetry {
namespace {

// While long spans are open, how often the spool is told that we live.
constexpr core::Nanos kHeartbeat = std::chrono::seconds(60);

// condition_variable::wait_for overflows on a duration that is added to "now".
core::Nanos waitable(core::Nanos duration) {
  return std::min<core::Nanos>(duration, std::chrono::hours(24 * 365));
}

std::vector<std::string> readers_of(const std::vector<NamedSink>& sinks) {
  std::vector<std::string> names;
  names.reserve(sinks.size());
  for (const NamedSink& sink : sinks) names.push_back(sink.keeping.name);
  return names;
}

// The folder is the same for all who are kept.
Keeping keeping_of(const std::vector<NamedSink>& sinks) {
  Keeping keeping;
  for (const NamedSink& sink : sinks) {
    if (!sink.keeping.name.empty()) keeping = sink.keeping;
  }
  return keeping;
}

}  // namespace

Engine::Engine(std::vector<NamedSink> sinks, trace::Resource resource, core::Clock& clock,
               core::Rng& rng, Options options)
    : resource_(std::move(resource)),
      clock_(clock),
      options_(options),
      keeping_(keeping_of(sinks)),
      spool_(make_spool(readers_of(sinks))),
      open_spans_(spool_->open_spans()),
      ring_(std::bit_ceil(options_.queue_slots), spool_->ring_memory()) {
  follows_open_spans_ = keeping_.write_ahead;
  for (NamedSink& sink : sinks) {
    follows_open_spans_ = follows_open_spans_ || sink.in_progress;
    senders_.push_back(
        std::make_unique<Sender>(std::move(sink), *spool_, senders_.size(), clock, rng, options_));
  }
  saved_.resize(senders_.size());
  held_.reserve(options_.batch_spans);
  sources_.reserve(options_.batch_spans);
}

Engine::~Engine() = default;

// Without a disk the spans are in memory, and a note says so.
std::unique_ptr<store::Spool> Engine::make_spool(const std::vector<std::string>& readers) {
  store::SpoolOptions wanted;
  wanted.readers = readers;
  wanted.max_bytes = options_.spool_bytes;
  wanted.ring_slots = std::bit_ceil(options_.queue_slots);
  if (keeping_.write_ahead) wanted.folder = keeping_.folder;
  auto spool = store::Spool::create(wanted, resource_, clock_.now().wall_ns);
  if (!spool && !wanted.folder.empty()) {
    notes_.push_back("spans are not kept on disk: " + spool.error().message);
    wanted.folder.clear();
    spool = store::Spool::create(wanted, resource_, clock_.now().wall_ns);
  }
  SPAWN_CHECK(spool);
  return std::move(*spool);
}

int Engine::opened(const trace::SpanRecord& record, std::int64_t steady_ns) noexcept {
  if (!follows_open_spans_) return store::OpenSpans::kNone;
  const int open = open_spans_.enter(record, record.name(), steady_ns);
  if (wakeup_.wanted_for_open()) [[unlikely]]
    wake_worker();
  return open;
}

void Engine::push(trace::SpanRecord& record) noexcept {
  if (closed_.load(std::memory_order_relaxed)) [[unlikely]] {
    after_close_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (record.spilled() || record.resource != &resource_) [[unlikely]] {
    return push_beside_ring(record);
  }
  const std::uint64_t position = ring_.push(record);
  // The bytes of a batch grow only beside the ring.
  const auto batch_ready = [&] { return position >= wake_at_.load(std::memory_order_relaxed); };
  if (wakeup_.wanted(batch_ready)) [[unlikely]]
    wake_worker();
}

// A slot has no room for it, or a successor would not know whose it is.
void Engine::push_beside_ring(trace::SpanRecord& record) noexcept {
  if (record.spilled()) spilled_.fetch_add(1, std::memory_order_relaxed);
  beside_bytes_.fetch_add(record.payload_bytes(), std::memory_order_relaxed);
  {
    const std::lock_guard lock(waiters_->moving);
    const store::Spool::Source source{&record};
    ++waiters_->beside;
    waiters_->not_kept += 1 - spool_->append({&source, 1});
  }
  beside_waiting_.fetch_add(1, std::memory_order_seq_cst);
  if (wakeup_.wanted([this] { return batch_ready(); })) wake_worker();
}

void Engine::wake_worker() noexcept {
  if (!worker_started_.load(std::memory_order_acquire)) start_worker();
  if (worker_started_.load(std::memory_order_acquire)) wakeup_.wake();
}

// What waits beside the ring counts, too.
void Engine::doze_until(std::size_t spans) {
  const std::size_t beside = beside_waiting_.load(std::memory_order_relaxed);
  const std::size_t in_ring = spans > beside ? spans - beside : 1;
  wake_at_.store(ring_.head() + in_ring - 1, std::memory_order_relaxed);
  wakeup_.prepare(Wakeup::Worker::dozing);
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

std::size_t Engine::waiting() const {
  return ring_.size() + beside_waiting_.load(std::memory_order_seq_cst);
}

bool Engine::batch_ready() const {
  return waiting() >= options_.batch_spans ||
         beside_bytes_.load(std::memory_order_relaxed) >= options_.batch_bytes;
}

bool Engine::asked() const {
  return stop_.load(std::memory_order_seq_cst) ||
         flush_asked_.load(std::memory_order_seq_cst) != waiters_->flush_done;
}

void Engine::work() {
  for (const auto& sender : senders_) sender->start(shared_from_this());
  adopt();
  Schedule schedule(options_.batch_spans, options_.schedule_delay);
  for (;;) {
    const std::uint64_t ticket = flush_asked_.load(std::memory_order_seq_cst);
    if (stop_.load(std::memory_order_seq_cst)) break;
    if (ticket != waiters_->flush_done || schedule.overdue(clock_.steady_ns())) {
      move_all();
      announce();
      schedule.exported();
      const std::lock_guard lock(waiters_->mutex);
      waiters_->flush_done = ticket;
      waiters_->changed.notify_all();
    }
    bool busy = false;
    while (batch_ready() && !stop_.load(std::memory_order_relaxed)) {
      const std::size_t moved = move_batch();
      if (moved == 0) break;
      wake_senders(moved);
      schedule.exported();
      busy = true;
    }
    if (busy) nap();
    if (next_watch_ns_ <= clock_.steady_ns()) announce();

    const std::size_t waiting = this->waiting();
    schedule.observe(waiting, clock_.steady_ns());
    if (waiting > 0) {
      doze_until(options_.batch_spans);
    } else {
      wakeup_.prepare(Wakeup::Worker::idle);
      if (!open_spans_.empty()) {
        if (next_watch_ns_ == kRunning) announce();
        wakeup_.prepare(Wakeup::Worker::watching);
      }
    }
    if (asked() || batch_ready() || (waiting == 0 && this->waiting() > 0)) {
      wakeup_.stay_awake();
      continue;
    }
    wakeup_.sleep(std::min(schedule.until_due(clock_.steady_ns()), until_watch()));
  }
  move_all();
  const std::lock_guard lock(waiters_->mutex);
  waiters_->flush_done = flush_asked_.load();
  waiters_->worker_ended = true;
  waiters_->changed.notify_all();
}

// Where batches follow one another, the next ones are waited for: to be woken for each would cost
// the program a system call in every batch_spans spans. A ring half full wakes all the same.
void Engine::nap() {
  constexpr core::Nanos kNap = std::chrono::milliseconds(2);
  const std::size_t half_full = std::max(options_.batch_spans, options_.queue_slots / 2);
  doze_until(half_full);
  if (asked() || waiting() >= half_full) {
    wakeup_.stay_awake();
  } else {
    wakeup_.sleep(kNap);
  }
}

void Engine::adopt() {
  if (keeping_.folder.empty()) return;
  std::vector<std::string> names;
  for (const auto& sender : senders_) names.push_back(sender->named().keeping.name);
  store::Adopted adopted = store::Spool::adopt(keeping_.folder, names, options_.spool_bytes);
  for (const auto& sender : senders_) {
    const std::string& name = sender->named().keeping.name;
    if (name.empty()) continue;
    for (const auto& spool : adopted.spools) {
      if (const auto reader = spool->reader(name)) sender->adopt(*spool, *reader);
    }
    if (const std::uint64_t spans = adopted.dropped[name]; spans > 0) {
      sender->dropped_at_adoption(spans);
    }
  }
  const std::lock_guard lock(waiters_->mutex);
  adopted_ = std::move(adopted.spools);
  for (std::string& note : adopted.notes) notes_.push_back(std::move(note));
}

void Engine::move_all() {
  // Not what comes in meanwhile: a busy program would never be done.
  std::size_t all = 0;
  for (std::size_t left = waiting(); left > 0;) {
    const std::size_t moved = move_batch();
    if (moved == 0) break;
    all += moved;
    left -= std::min(left, moved);
  }
  if (all > 0) wake_senders(all);
}

void Engine::wake_senders(std::size_t spans) {
  for (const auto& sender : senders_) sender->wake(spans);
}

std::size_t Engine::move_batch() {
  const std::size_t beside = beside_waiting_.exchange(0);
  beside_bytes_.store(0, std::memory_order_relaxed);
  held_.clear();
  sources_.clear();
  while (held_.size() < options_.batch_spans) {
    const Ring::Held held = ring_.take();
    if (held.record == nullptr) break;
    held_.push_back(held);
    sources_.push_back({held.record, held.position});
  }
  if (held_.empty() && beside == 0) return 0;
  {
    const std::lock_guard lock(waiters_->moving);
    waiters_->moved += sources_.size();
    waiters_->not_kept += sources_.size() - spool_->append(sources_);
  }
  for (const Ring::Held& held : held_) ring_.release(held);
  spool_->still_alive(clock_.now().wall_ns);
  return sources_.size() + beside;
}

// Shows spans that are open for long to the exporters that take such, once.
void Engine::announce() {
  const std::int64_t now = clock_.steady_ns();
  spool_->still_alive(clock_.now().wall_ns);
  std::vector<trace::SpanRecord> found;
  std::vector<std::pair<std::size_t, std::uint64_t>> places;
  next_watch_ns_ = kRunning;
  open_spans_.for_each([&](store::OpenSpans::Seen span) {
    std::uint64_t& announced = announced_.at(span.slot);
    std::int64_t due = now + kHeartbeat.count();
    if (announced != span.turn + 1) {
      due = span.steady_ns + options_.announce_after.count();
      if (due <= now) {
        announced = span.turn + 1;
        span.record.in_progress = true;
        span.record.resource = &resource_;
        found.push_back(std::move(span.record));
        places.emplace_back(span.slot, span.turn);
        due = now + kHeartbeat.count();
      }
    }
    next_watch_ns_ = std::min(next_watch_ns_, due);
  });
  if (found.empty()) return;
  for (const auto& sender : senders_) {
    if (!sender->named().in_progress) continue;
    std::vector<Announcement> copies(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      copies[i].record.copy_from(found[i]);
      copies[i].slot = places[i].first;
      copies[i].turn = places[i].second;
    }
    sender->announce(std::move(copies));
  }
}

core::Nanos Engine::until_watch() const {
  if (next_watch_ns_ == kRunning) return core::Nanos::max();
  return core::Nanos(std::max<std::int64_t>(0, next_watch_ns_ - clock_.steady_ns()));
}

bool Engine::flush(core::Deadline deadline) {
  if (!worker_started_.load()) return waiting() == 0;
  {
    std::unique_lock lock(waiters_->mutex);
    const std::uint64_t ticket = flush_asked_.fetch_add(1) + 1;
    wakeup_.wake();
    const bool moved = waiters_->changed.wait_for(lock, waitable(deadline.remaining(clock_)), [&] {
      return waiters_->flush_done >= ticket || waiters_->worker_ended;
    });
    if (!moved) return false;
  }
  std::vector<std::uint64_t> tickets;
  for (const auto& sender : senders_) tickets.push_back(sender->ask_flush());
  bool whole = true;
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    whole = senders_[i]->flushed(tickets[i], deadline) && whole;
  }
  return whole;
}

bool Engine::shutdown(core::Deadline deadline) {
  if (closed_.exchange(true)) {
    std::unique_lock lock(waiters_->mutex);
    return waiters_->changed.wait_for(lock, waitable(deadline.remaining(clock_)),
                                      [&] { return over_.load(); });
  }
  bool ended = true;
  // The worker's last spans wake the senders before these are asked to stop.
  for (const auto& sender : senders_) sender->ask_hurry(deadline);
  if (!worker_started_.load()) {
    move_all();
  } else {
    stop_.store(true);
    wakeup_.wake();
    std::unique_lock lock(waiters_->mutex);
    ended = waiters_->changed.wait_for(lock, waitable(deadline.remaining(clock_)),
                                       [&] { return waiters_->worker_ended; });
    lock.unlock();
    ended ? thread_->join() : thread_->detach();
  }
  for (const auto& sender : senders_) sender->ask_stop(deadline);
  for (const auto& sender : senders_) ended = sender->finish(deadline) && ended;
  keep_what_is_left();
  const std::lock_guard lock(waiters_->mutex);
  over_.store(true);
  waiters_->changed.notify_all();
  return ended;
}

// With write_ahead it is on the disk already, if that took it.
void Engine::keep_what_is_left() {
  spool_->to_disk();
  for (const auto& spool : adopted_) spool->to_disk();
  if (keeping_.folder.empty() || spool_->on_disk()) return;
  bool any = false;
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    const bool kept = !senders_[i]->named().keeping.name.empty();
    saved_[i] = kept ? spool_->counts(i).waiting : 0;
    any = any || saved_[i] > 0;
  }
  if (!any) return;
  const auto saved = spool_->save(keeping_.folder, clock_.now().wall_ns);
  if (saved) return;
  std::fill(saved_.begin(), saved_.end(), 0);
  const std::lock_guard lock(waiters_->mutex);
  notes_.push_back("spans that were not sent are not kept: " + saved.error().message);
}

Stats Engine::stats() const {
  Stats stats;
  std::uint64_t in_ring = 0;
  const std::uint64_t late = after_close_.load();
  {
    // Nothing moves from ring to spool meanwhile, and what is in the spool moves only from waiting
    // to delivered or lost, which a sender does in one step.
    const std::lock_guard lock(waiters_->moving);
    const std::uint64_t ring_dropped = ring_.dropped();
    const std::uint64_t pushed = ring_.pushed();
    in_ring = pushed - ring_dropped - waiters_->moved;
    stats.ended = pushed + waiters_->beside + late;
    stats.dropped = ring_dropped + late + waiters_->not_kept;
    stats.spilled = spilled_.load();
    for (const auto& sender : senders_) stats.exporters.push_back(sender->stats());
  }
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    ExporterStats& exporter = stats.exporters[i];
    exporter.produced = stats.ended;
    exporter.overrun = stats.dropped;
    exporter.waiting += in_ring;
    if (spool_->on_disk() && !senders_[i]->named().keeping.name.empty())
      exporter.spooled += in_ring;
    if (!over_.load()) continue;
    exporter.spooled += saved_[i];
    const std::uint64_t left = exporter.waiting - std::min(exporter.waiting, exporter.spooled);
    exporter.waiting -= left;
    exporter.lost += left;
    const std::string trouble = spool_->trouble();
    if (left > 0) exporter.lost_by[trouble.empty() ? "no time left" : "not kept on disk"] += left;
    if (left > 0 && exporter.last_reason.empty()) {
      exporter.last_reason =
          trouble.empty() ? "no time left to send them" : "not kept on disk: " + trouble;
    }
    if (late > 0 && exporter.last_reason.empty()) exporter.last_reason = "they came after the end";
  }
  const std::lock_guard lock(waiters_->mutex);
  stats.notes = notes_;
  if (std::string trouble = spool_->trouble(); !trouble.empty()) {
    const char* const when = over_.load() ? "were" : "are";
    stats.notes.push_back(fmt::format("spans {} kept in memory, not on disk: {}", when, trouble));
  }
  return stats;
}

void Engine::begin_anew() {
  renew_process(std::exchange(process_, process_ids()), resource_);
  // Whatever other threads held at the fork stays held for ever: leave those objects behind.
  (void)waiters_.release();
  waiters_ = std::make_unique<Waiters>();
  (void)thread_.release();
  new (&wakeup_) Wakeup;
  spool_->begin_anew();
  for (const auto& spool : adopted_) spool->begin_anew();
  for (const auto& sender : senders_) sender->begin_anew();
  ring_.reset();
  new (&held_) std::vector<Ring::Held>;
  new (&sources_) std::vector<store::Spool::Source>;
  announced_.fill(0);
  next_watch_ns_ = kRunning;
  spilled_.store(0);
  beside_waiting_.store(0);
  beside_bytes_.store(0);
  over_.store(false);
  flush_asked_.store(0);
  after_close_.store(0);
  stop_.store(false);
  closed_.store(false);
  worker_started_.store(false);
}

}  // namespace spawn::telemetry
