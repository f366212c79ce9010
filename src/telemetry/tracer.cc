// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/tracer.h"

namespace spawn::telemetry {
namespace {

trace::SpanId make_span_id(core::Rng& rng) {
  for (;;) {
    const trace::SpanId id{rng.next()};
    if (id.valid()) return id;
  }
}

// 4 bytes of epoch seconds, 5 random bytes, then the 7 bytes that the decision was made on.
trace::TraceId make_trace_id(core::Rng& rng, std::int64_t wall_ns, std::uint64_t randomness) {
  const std::uint64_t seconds = static_cast<std::uint64_t>(wall_ns / 1'000'000'000) & 0xFFFF'FFFFU;
  const std::uint64_t random = rng.next();
  return {seconds << 32 | random >> 32, random << 56 | randomness};
}

}  // namespace

Span::Span(Tracer& tracer, const core::Instant& now, const trace::TraceId& trace_id,
           std::uint8_t flags, const trace::ContextExtras* extras, const trace::SpanContext* parent,
           std::string_view name, trace::SpanKind kind)
    : context_{{trace_id, make_span_id(tracer.rng_), flags, false}, extras, true},
      queue_(tracer.queue_),
      clock_(&tracer.clock_),
      rng_(&tracer.rng_),
      started_steady_ns_(now.steady_ns) {
  trace::SpanRecord& record = *new (&record_) trace::SpanRecord;
  record.trace_id = trace_id;
  record.span_id = context_.span.span_id;
  record.flags = flags;
  record.start_ns = now.wall_ns;
  record.resource = &tracer.resource_;
  record.kind = kind;
  if (parent != nullptr) {
    record.parent_id = parent->span_id;
    record.parent_remote = parent->remote;
  }
  record.set_name(name);
  open_ = queue_->opened(record, now.steady_ns);
}

void Span::add_event(std::string_view name) {
  if (recording()) record_.add_event(name, clock_->now().wall_ns);
}

const ActiveContext& Span::context() {
  if (!context_.span.span_id.valid()) [[unlikely]] {
    trace::SpanContext& ids = context_.span;
    ids.trace_id = make_trace_id(*rng_, clock_->now().wall_ns, ids.trace_id.low);
    ids.span_id = make_span_id(*rng_);
  }
  return context_;
}

void Span::finish_after(std::int64_t took_ns) {
  record_.end_ns = record_.start_ns + (took_ns > 0 ? took_ns : 0);
  Queue* queue = queue_;
  queue_ = nullptr;
  queue->push(record_);
  queue->closed(open_);
  // Moved from it holds nothing; dropped instead of moved it may still hold a spill.
  record_.~SpanRecord();
}

void Span::finish() { finish_after(clock_->steady_ns() - started_steady_ns_); }

void Span::end_at(std::int64_t steady_ns) {
  if (recording()) finish_after(steady_ns - started_steady_ns_);
}

Tracer::Tracer(Queue* queue, trace::Sampling sampling, const trace::Resource& resource,
               core::Clock& clock, core::Rng& rng)
    : queue_(queue),
      rate_(sampling.rate()),
      resource_(resource),
      clock_(clock),
      rng_(rng),
      start_root_(sampling.asked() == nullptr ? start_kept_root : start_root_if_kept),
      asked_(sampling.asked()) {
  root_extras_.tracestate = sampling.tracestate();
}

Span Tracer::start_decided_root(std::string_view name, trace::SpanKind kind,
                                std::uint64_t randomness) {
  const core::Instant now = clock_.now();
  return Span(*this, now, make_trace_id(rng_, now.wall_ns, randomness),
              trace::kSampled | trace::kRandom, nullptr, nullptr, name, kind);
}

Span Tracer::start_kept_root(Tracer& tracer, std::string_view name, trace::SpanKind kind,
                             std::uint64_t randomness) {
  const core::Instant now = tracer.clock_.now();
  return Span(tracer, now, make_trace_id(tracer.rng_, now.wall_ns, randomness),
              trace::kSampled | trace::kRandom, &tracer.root_extras_, nullptr, name, kind);
}

Span Tracer::start_root_if_kept(Tracer& tracer, std::string_view name, trace::SpanKind kind,
                                std::uint64_t randomness) {
  if (tracer.asked_->keeps(name, kind, randomness)) {
    return start_kept_root(tracer, name, kind, randomness);
  }
  return tracer.unsampled({{{0, randomness}, {}, 0, false}, nullptr, true});
}

Span Tracer::start_child(std::string_view name, trace::SpanKind kind, const ActiveContext& parent) {
  return Span(*this, clock_.now(), parent.span.trace_id, parent.span.flags, parent.extras,
              &parent.span, name, kind);
}

Span Tracer::start_child_of(const trace::SpanContext& parent, const trace::ContextExtras* extras,
                            std::string_view name, trace::SpanKind kind) {
  const ActiveContext context{parent, extras, true};
  if (!parent.sampled() || queue_ == nullptr) return unsampled(context);
  return start_child(name, kind, context);
}

void Tracer::record(trace::SpanRecord&& finished) {
  if (queue_ == nullptr) return;
  if (finished.resource == nullptr) finished.resource = &resource_;
  queue_->push(finished);
}

trace::SpanId Tracer::new_span_id() { return make_span_id(rng_); }

}  // namespace spawn::telemetry
