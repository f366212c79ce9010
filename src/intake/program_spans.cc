// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/program_spans.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "core/clock.h"
#include "trace/attributes.h"

namespace spawn::intake {
namespace {

namespace key = trace::key;
using trace::SpanKind;
using trace::SpanRecord;

// Batches of OpenTelemetry's SDKs are up to 5 s apart.
constexpr std::int64_t kHoldNs = core::Nanos(std::chrono::seconds(10)).count();
constexpr std::size_t kMaxHeld = 2048;
// More than can wait at once, whatever one message brings. A trace that was forgotten is decided
// anew by what comes, mostly in the same way.
constexpr std::size_t kMaxTraces = 20'000;
constexpr std::size_t kMaxResources = 64;

// Its parent is in another process. Older SDKs do not say so; then its kind does.
bool enters_a_process(const SpanRecord& span) {
  return span.parent_id.valid() &&
         (span.parent_remote || span.kind == SpanKind::server || span.kind == SpanKind::consumer);
}

}  // namespace

ProgramSpans::ProgramSpans(telemetry::Tracer& tracer, const trace::SpanContext& run,
                           std::size_t max_spans)
    : tracer_(tracer), run_(run), spans_left_(max_spans) {
  trace::Resource unknown;
  unknown.set(key::kServiceName, std::string("unknown_service"));
  unknown_ = std::make_shared<const trace::Resource>(std::move(unknown));
}

void ProgramSpans::take(std::vector<SpanRecord>& spans, std::string_view source,
                        std::int64_t now_steady_ns) {
  const trace::Resource* before = nullptr;  // most have the one before's
  SharedResource resource;
  for (SpanRecord& span : spans) {
    if (span.in_progress) {
      ++unfinished_;
      continue;
    }
    if (spans_left_ == 0) {
      ++over_budget_;
      continue;
    }
    --spans_left_;
    if (!span.find(key::kSource)) span.set(key::kSource, source);
    span.flags |= trace::kSampled;
    if (span.resource != before) resource = share(span.resource);
    before = span.resource;
    TraceState& state = state_of(span.trace_id);
    if (resource && !state.service) state.service = resource;
    held_.push_back({std::move(span), resource, now_steady_ns});
  }
  settle(held_.size() > kMaxHeld ? INT64_MAX : now_steady_ns);
}

void ProgramSpans::expire(std::int64_t now_steady_ns) { settle(now_steady_ns); }

void ProgramSpans::finish() { settle(INT64_MAX); }

// Who waits stays in place: mostly it is the latest that go on.
void ProgramSpans::settle(std::int64_t now_ns) {
  decide_by_roots();
  decide_by_time(now_ns);
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (ready(held_[i], now_ns)) {
      hand_over(held_[i]);
    } else if (const std::size_t to = waiting++; to != i) {
      held_[to] = std::move(held_[i]);
    }
  }
  held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(waiting), held_.end());
}

void ProgramSpans::decide_by_roots() {
  for (const Held& held : held_) {
    if (!held.span.parent_id.valid()) decide(held.span.trace_id, Home::run);
  }
}

bool ProgramSpans::overdue(const Held& held, std::int64_t now_ns) {
  return now_ns - kHoldNs >= held.since_ns;
}

// No root was seen. Either it is still open, or somebody else has it: then a span entered a process
// from a parent that nobody here sent.
void ProgramSpans::decide_by_time(std::int64_t now_ns) {
  if (held_.empty() || !overdue(held_.front(), now_ns)) return;
  std::set<std::pair<trace::TraceId, std::uint64_t>> seen;
  for (const auto& [span, resource, since] : held_) seen.emplace(span.trace_id, span.span_id.value);
  std::set<trace::TraceId> called_from_outside;
  for (const auto& [span, resource, since] : held_) {
    if (enters_a_process(span) && !seen.contains({span.trace_id, span.parent_id.value})) {
      called_from_outside.insert(span.trace_id);
    }
  }
  for (const Held& held : held_) {
    const trace::TraceId& id = held.span.trace_id;
    if (!overdue(held, now_ns) || home_of(id) != Home::undecided) continue;
    decide(id, called_from_outside.contains(id) ? Home::elsewhere : Home::run);
  }
}

void ProgramSpans::decide(const trace::TraceId& id, Home home) {
  TraceState& state = state_of(id);
  if (state.home == Home::undecided) state.home = home;
}

ProgramSpans::Home ProgramSpans::home_of(const trace::TraceId& id) const {
  if (id == run_.trace_id) return Home::run;
  const auto known = traces_.find(id);
  return known == traces_.end() ? Home::undecided : known->second.home;
}

bool ProgramSpans::ready(const Held& held, std::int64_t now_ns) const {
  if (overdue(held, now_ns)) return true;
  bool decided = home_of(held.span.trace_id) != Home::undecided;
  held.span.for_each_link([&](const SpanRecord::Link& link) {
    decided = decided && home_of(link.to.trace_id) != Home::undecided;
  });
  return decided;
}

void ProgramSpans::hand_over(Held& held) {
  SpanRecord& span = held.span;
  const trace::TraceId original = span.trace_id;
  if (home_of(original) == Home::run) {
    if (original != run_.trace_id) span.set(key::kOriginalTraceId, original.hex());
    span.trace_id = run_.trace_id;
    if (!span.parent_id.valid()) span.parent_id = run_.span_id;
    if (span.parent_id == run_.span_id) span.parent_remote = true;
  }
  span.for_each_link_target([&](trace::SpanContext& to) {
    if (home_of(to.trace_id) == Home::run) to.trace_id = run_.trace_id;
  });
  if (!held.resource) held.resource = state_of(original).service;
  if (!held.resource) held.resource = unknown_;
  span.resource = held.resource.get();
  tracer_.record(std::move(span));
  ++handed_over_;
}

ProgramSpans::TraceState& ProgramSpans::state_of(const trace::TraceId& id) {
  const auto [at, is_new] = traces_.try_emplace(id);
  if (is_new) {
    known_.push_back(id);
    if (known_.size() > kMaxTraces) {
      traces_.erase(known_.front());
      known_.pop_front();
    }
  }
  return at->second;
}

ProgramSpans::SharedResource ProgramSpans::share(const trace::Resource* resource) {
  if (resource == nullptr) return nullptr;
  const auto known = std::ranges::find_if(resources_, [&](const SharedResource& each) {
    return each->attributes() == resource->attributes();
  });
  if (known != resources_.end()) return *known;
  resources_.push_back(std::make_shared<const trace::Resource>(*resource));
  if (resources_.size() > kMaxResources) resources_.pop_front();
  return resources_.back();
}

}  // namespace spawn::intake
