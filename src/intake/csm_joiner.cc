// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_joiner.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include "intake/csm_span.h"

namespace spawn::intake {
namespace {

// Senders round start and duration down to milliseconds, each on its own.
constexpr std::int64_t kSlackMs = 5;
constexpr std::int64_t kShortWaitNs = 2'000'000'000;
constexpr std::int64_t kRetryWaitNs = 300'000'000'000;
// More than any program has in flight; a flood must not cost more memory than this.
constexpr std::size_t kMaxWaiting = 10'000;

bool contains(const CsmEvent& call, const CsmEvent& attempt) {
  return attempt.timestamp_ms >= call.timestamp_ms - kSlackMs &&
         attempt.end_ms() <= call.end_ms() + kSlackMs;
}

bool may_be_retried(const CsmEvent& attempt) {
  return !attempt.exception.empty() || attempt.http_status.value_or(0) >= 400;
}

std::int64_t distance(std::int64_t a, std::int64_t b) { return std::abs(a - b); }

// Of the elements for which `cost` gives a number, the one with the least.
template <typename T, typename Cost>
std::optional<std::size_t> cheapest(const std::vector<T>& elements, Cost cost) {
  std::optional<std::size_t> best;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::optional<std::int64_t> price = cost(elements[i]);
    if (price && *price < least) {
      least = *price;
      best = i;
    }
  }
  return best;
}

template <typename T>
T take_at(std::vector<T>& elements, std::size_t at) {
  T taken = std::move(elements[at]);
  elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(at));
  return taken;
}

}  // namespace

bool CsmJoiner::Call::complete() const {
  return !event.attempt_count || static_cast<std::int64_t>(attempts.size()) >= *event.attempt_count;
}

CsmJoiner::CsmJoiner(telemetry::Tracer& tracer, trace::SpanContext parent, std::size_t max_spans)
    : tracer_(tracer), parent_(parent), spans_left_(max_spans) {}

void CsmJoiner::add(CsmEvent event, std::uint16_t source_port, std::int64_t now_steady_ns) {
  if (waiting_ >= kMaxWaiting) finish();
  const Key key(source_port, event.service, event.api);
  Lane& lane = lanes_[key];
  if (event.type == CsmEvent::Type::attempt) {
    add_attempt(lane, std::move(event), now_steady_ns);
  } else {
    add_call(lane, std::move(event), now_steady_ns);
  }
  if (lane.attempts.empty() && lane.calls.empty()) lanes_.erase(key);
}

void CsmJoiner::add_attempt(Lane& lane, CsmEvent event, std::int64_t now_ns) {
  const auto home = cheapest(lane.calls, [&](const Call& call) -> std::optional<std::int64_t> {
    if (!contains(call.event, event)) return std::nullopt;
    return distance(call.event.timestamp_ms, event.timestamp_ms);
  });
  if (!home) {
    lane.attempts.push_back({std::move(event), now_ns});
    ++waiting_;
    return;
  }
  Call& call = lane.calls[*home];
  call.attempts.push_back(std::move(event));
  if (call.complete()) {
    --waiting_;
    emit_call(take_at(lane.calls, *home));
  }
}

void CsmJoiner::add_call(Lane& lane, CsmEvent event, std::int64_t now_ns) {
  Call call{std::move(event), now_ns, {}};
  take_attempts(lane, call);
  if (call.complete()) {
    emit_call(std::move(call));
  } else {
    lane.calls.push_back(std::move(call));
    ++waiting_;
  }
}

// Backwards from the call's end: the last attempt ends with the call, each other one ends before
// the next begins. A call of one attempt also begins with it, which tells apart what runs side by
// side.
void CsmJoiner::take_attempts(Lane& lane, Call& call) {
  const bool counted = call.event.attempt_count.has_value();
  const std::int64_t wanted = call.event.attempt_count.value_or(INT64_MAX);
  std::int64_t before = call.event.end_ms();
  while (static_cast<std::int64_t>(call.attempts.size()) < wanted) {
    const auto next =
        cheapest(lane.attempts, [&](const Attempt& attempt) -> std::optional<std::int64_t> {
          const CsmEvent& candidate = attempt.event;
          if (!contains(call.event, candidate)) return std::nullopt;
          if (counted && candidate.end_ms() > before + kSlackMs) return std::nullopt;
          const std::int64_t apart = distance(before, candidate.end_ms());
          if (wanted > 1) return apart;
          return apart + distance(call.event.timestamp_ms, candidate.timestamp_ms);
        });
    if (!next) return;
    before = lane.attempts[*next].event.timestamp_ms;
    call.attempts.push_back(take_at(lane.attempts, *next).event);
    --waiting_;
  }
}

void CsmJoiner::expire(std::int64_t now_steady_ns) {
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    expire_lane(at->second, now_steady_ns);
    const bool empty = at->second.attempts.empty() && at->second.calls.empty();
    at = empty ? lanes_.erase(at) : std::next(at);
  }
}

void CsmJoiner::expire_lane(Lane& lane, std::int64_t now_ns) {
  for (std::size_t i = 0; i < lane.calls.size();) {
    if (now_ns - lane.calls[i].arrived_ns < kShortWaitNs) {
      ++i;
      continue;
    }
    --waiting_;
    emit_call(take_at(lane.calls, i));
  }
  for (std::size_t i = 0; i < lane.attempts.size();) {
    const Attempt& attempt = lane.attempts[i];
    const std::int64_t wait = may_be_retried(attempt.event) ? kRetryWaitNs : kShortWaitNs;
    if (now_ns - attempt.arrived_ns < wait) {
      ++i;
      continue;
    }
    --waiting_;
    emit_orphan(take_at(lane.attempts, i).event);
  }
}

void CsmJoiner::finish() {
  for (auto& [key, lane] : lanes_) {
    for (Call& call : lane.calls) emit_call(std::move(call));
    for (const Attempt& attempt : lane.attempts) emit_orphan(attempt.event);
  }
  lanes_.clear();
  waiting_ = 0;
}

bool CsmJoiner::claim_span() {
  if (spans_left_ == 0) {
    ++over_budget_;
    return false;
  }
  --spans_left_;
  return true;
}

void CsmJoiner::send(trace::SpanRecord span, trace::SpanId id, trace::SpanId parent_id) {
  span.trace_id = parent_.trace_id;
  span.flags = parent_.flags;
  span.span_id = id;
  span.parent_id = parent_id;
  tracer_.record(std::move(span));
}

void CsmJoiner::emit_call(Call call) {
  std::ranges::stable_sort(call.attempts, {}, &CsmEvent::timestamp_ms);
  const trace::SpanId id = tracer_.new_span_id();
  if (claim_span()) send(call_span(call.event, call.attempts), id, parent_.span_id);
  int number = 0;
  for (const CsmEvent& attempt : call.attempts) {
    ++number;
    if (claim_span()) send(attempt_span(attempt, number), tracer_.new_span_id(), id);
  }
}

void CsmJoiner::emit_orphan(const CsmEvent& attempt) {
  if (claim_span()) send(orphan_span(attempt), tracer_.new_span_id(), parent_.span_id);
}

}  // namespace spawn::intake
