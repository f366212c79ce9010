// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes spans. The sampling decision comes first: an unsampled start costs a look at the thread's
// context, or one random number, and makes neither ids nor records. A sampled span is written on
// the caller's stack and moved into the ring when it ends: no lock, no allocation (unless it is
// larger than a slot), no system call but the futex that wakes a sleeping worker, at most once a
// batch.
//
// A Tracer may be used by any thread; a Span by one at a time. Both must not outlive their
// Telemetry.
#pragma once

#include <string_view>

#include "core/clock.h"
#include "core/rng.h"
#include "telemetry/current.h"
#include "telemetry/queue.h"
#include "trace/rate.h"
#include "trace/sampling.h"
#include "trace/span_record.h"

namespace spawn::telemetry {

class Tracer;

class Span {
 public:
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  // Ends it, if that was not done.
  ~Span() { end(); }

  [[nodiscard]] bool recording() const { return queue_ != nullptr; }

  // All of these do nothing when it does not record. Values as in SpanRecord::set.
  template <typename Value>
  void set(std::string_view key, const Value& value) {
    if (recording()) record_.set(key, value);
  }
  void set_name(std::string_view name) {
    if (recording()) record_.set_name(name);
  }
  void set_error(std::string_view message = {}) {
    if (recording()) record_.set_status(trace::StatusCode::error, message);
  }
  void add_event(std::string_view name);
  void add_link(const trace::SpanContext& to) {
    if (recording()) record_.add_link(to);
  }
  // For what is known to be a span only after it began.
  void set_start(const core::Instant& earlier) {
    if (!recording()) return;
    record_.start_ns = earlier.wall_ns;
    started_steady_ns_ = earlier.steady_ns;
  }
  // Direct access for code that fills many attributes; null when it does not record.
  [[nodiscard]] trace::SpanRecord* record() { return recording() ? &record_ : nullptr; }

  // The second and later calls do nothing.
  void end() {
    if (recording()) finish();
  }
  // For an end that was noted earlier, by the same clock.
  void end_at(std::int64_t steady_ns);

  // For children and for carriers. For an unsampled root the ids are made here, on demand.
  [[nodiscard]] const ActiveContext& context();

 private:
  friend class Tracer;
  struct Unsampled {};
  Span(Unsampled, const ActiveContext& context, core::Clock& clock, core::Rng& rng)
      : context_(context), clock_(&clock), rng_(&rng) {}
  // Records, from now on. `parent` null: a root. Inlined: nine arguments are half its cost.
  [[gnu::always_inline]] inline Span(Tracer& tracer, const core::Instant& now,
                                     const trace::TraceId& trace_id, std::uint8_t flags,
                                     const trace::ContextExtras* extras,
                                     const trace::SpanContext* parent, std::string_view name,
                                     trace::SpanKind kind);
  void finish();
  [[gnu::always_inline]] inline void finish_after(std::int64_t took_ns);

  ActiveContext context_;
  Queue* queue_ = nullptr;
  core::Clock* clock_;
  core::Rng* rng_;
  std::int64_t started_steady_ns_ = 0;
  int open_ = -1;  // Queue::opened
  // Only there while it records: an unsampled span does not even initialise it.
  union {
    trace::SpanRecord record_;  // NOLINT(readability-identifier-naming): private, as its union is
  };
};

class Tracer {
 public:
  // `queue` null: tracing is off, nothing is ever recorded. The references must outlive the Tracer.
  Tracer(Queue* queue, trace::Sampling sampling, const trace::Resource& resource,
         core::Clock& clock, core::Rng& rng);

  // A child of the thread's current context; a root, with its decision, when there is none.
  [[nodiscard]] Span start(std::string_view name,
                           trace::SpanKind kind = trace::SpanKind::internal) {
    const ActiveContext& parent = current();
    if (parent.decided) {
      if (!parent.span.sampled() || queue_ == nullptr) return unsampled(parent);
      return start_child(name, kind, parent);
    }
    const std::uint64_t randomness = rng_.next() & 0x00FF'FFFF'FFFF'FFFFU;
    if (!rate_.keeps(randomness) || queue_ == nullptr) {
      return unsampled({{{0, randomness}, {}, 0, false}, nullptr, true});
    }
    return start_root_(*this, name, kind, randomness);
  }

  // The same, but `keeps` decides about a root, by the 56 random bits of its trace id: for who
  // knows more of it than our sampler. How probable that was is not known, and not told.
  template <typename Keeps>
  [[nodiscard]] Span start(std::string_view name, trace::SpanKind kind, const Keeps& keeps) {
    if (current().decided) return start(name, kind);
    const std::uint64_t randomness = rng_.next() & 0x00FF'FFFF'FFFF'FFFFU;
    if (queue_ == nullptr || !keeps(randomness)) {
      return unsampled({{{0, randomness}, {}, 0, false}, nullptr, true});
    }
    return start_decided_root(name, kind, randomness);
  }

  // A child of a context that came from elsewhere (another process: span.remote is set). Its flag
  // is obeyed. `extras` must outlive every span of the trace in this process.
  [[nodiscard]] Span start_child_of(const trace::SpanContext& parent,
                                    const trace::ContextExtras* extras, std::string_view name,
                                    trace::SpanKind kind = trace::SpanKind::internal);

  // Hands over a span that was made elsewhere (another program's telemetry). Its resource is set if
  // it has none.
  void record(trace::SpanRecord&& finished);

  // For a span that is kept elsewhere while it is open: makes it known, so that it is shown while
  // it runs long. closed() comes after its record().
  int opened(const trace::SpanRecord& record, std::int64_t steady_ns) {
    return queue_ == nullptr ? -1 : queue_->opened(record, steady_ns);
  }
  void closed(int open) {
    if (queue_ != nullptr) queue_->closed(open);
  }

  [[nodiscard]] trace::SpanId new_span_id();
  [[nodiscard]] trace::Rate rate() const { return rate_; }
  [[nodiscard]] bool enabled() const { return queue_ != nullptr; }
  [[nodiscard]] core::Clock& clock() { return clock_; }

 private:
  friend class Span;
  Span unsampled(const ActiveContext& context) {
    return Span(Span::Unsampled{}, context, clock_, rng_);
  }
  Span start_decided_root(std::string_view name, trace::SpanKind kind, std::uint64_t randomness);
  static Span start_kept_root(Tracer& tracer, std::string_view name, trace::SpanKind kind,
                              std::uint64_t randomness);
  static Span start_root_if_kept(Tracer& tracer, std::string_view name, trace::SpanKind kind,
                                 std::uint64_t randomness);
  Span start_child(std::string_view name, trace::SpanKind kind, const ActiveContext& parent);

  Queue* queue_;
  trace::Rate rate_;
  const trace::Resource& resource_;
  core::Clock& clock_;
  core::Rng& rng_;
  trace::ContextExtras root_extras_;  // "ot=th:…" of traces that begin here
  // Somebody is asked about each root, or nobody: a fixed rate pays nothing for the question.
  decltype(&start_kept_root) start_root_;
  trace::RootSampler* asked_;
};

}  // namespace spawn::telemetry
