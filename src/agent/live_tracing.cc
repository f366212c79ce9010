// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/live_tracing.h"

#include <algorithm>
#include <utility>

namespace spawn::agent {
namespace {

std::int64_t point_of(const config::When& when, std::int64_t seen_ns) {
  return when.relative ? seen_ns + when.ns : when.ns;
}

bool exports_something(const config::Settings& settings) {
  return std::ranges::any_of(settings.exporters.value,
                             [](auto exporter) { return exporter != config::Exporter::none; });
}

void add(telemetry::Stats& to, const telemetry::Stats& of) {
  to.ended += of.ended;
  to.dropped += of.dropped;
  to.spilled += of.spilled;
  to.notes.insert(to.notes.end(), of.notes.begin(), of.notes.end());
  for (const telemetry::ExporterStats& exporter : of.exporters) {
    auto same = std::ranges::find(to.exporters, exporter.name, &telemetry::ExporterStats::name);
    if (same == to.exporters.end()) {
      to.exporters.push_back(exporter);
      continue;
    }
    same->produced += exporter.produced;
    same->overrun += exporter.overrun;
    same->delivered += exporter.delivered;
    same->lost += exporter.lost;
    same->dropped += exporter.dropped;
    same->damaged += exporter.damaged;
    same->waiting += exporter.waiting;
    same->spooled += exporter.spooled;
    same->announced += exporter.announced;
    for (const auto& [why, count] : exporter.lost_by) same->lost_by[why] += count;
    same->adopted.found += exporter.adopted.found;
    same->adopted.delivered += exporter.adopted.delivered;
    same->adopted.lost += exporter.adopted.lost;
    same->adopted.damaged += exporter.adopted.damaged;
    same->adopted.waiting += exporter.adopted.waiting;
    if (!exporter.last_reason.empty()) same->last_reason = exporter.last_reason;
  }
}

bool has_exported_all(const telemetry::Stats& stats) {
  return std::ranges::all_of(stats.exporters,
                             [](const auto& exporter) { return exporter.waiting == 0; });
}

}  // namespace

bool is_in_window(const config::Settings& settings, std::int64_t now_ns, std::int64_t seen_ns) {
  const auto& from = settings.from.value;
  const auto& until = settings.until.value;
  return (!from || point_of(*from, seen_ns) <= now_ns) &&
         (!until || now_ns < point_of(*until, seen_ns));
}

LiveTracing::LiveTracing(MakeSinks make_sinks, MakeSampling make_sampling, trace::Resource resource,
                         core::Clock& clock, core::Rng& rng)
    : make_sinks_(std::move(make_sinks)),
      make_sampling_(std::move(make_sampling)),
      resource_(std::move(resource)),
      clock_(clock),
      rng_(rng),
      tracer_(&switch_, trace::Rate::never(), resource_, clock, rng) {}

LiveTracing::~LiveTracing() = default;

void LiveTracing::Switch::push(trace::SpanRecord& record) noexcept {
  const std::lock_guard lock(of_.mutex_);
  if (of_.holding_) {
    of_.held_.push_back(std::move(record));
  } else {
    of_.pass_on(std::move(record));
  }
}

// Which trace it belongs to is not known while spans are held.
int LiveTracing::Switch::opened(const trace::SpanRecord& record, std::int64_t steady_ns) noexcept {
  const std::lock_guard lock(of_.mutex_);
  if (of_.holding_) return -1;
  OpenSpan& open = of_.open_[++of_.last_opened_];
  open.record.copy_from(record);
  open.steady_ns = steady_ns;
  if (of_.telemetry_) open.at = of_.telemetry_->tracer().opened(record, steady_ns);
  return of_.last_opened_;
}

void LiveTracing::Switch::closed(int open) noexcept {
  const std::lock_guard lock(of_.mutex_);
  const auto known = of_.open_.find(open);
  if (known == of_.open_.end()) return;
  if (of_.telemetry_) of_.telemetry_->tracer().closed(known->second.at);
  of_.open_.erase(known);
}

void LiveTracing::pass_on(trace::SpanRecord&& record) {
  if (!telemetry_) return;
  for (const auto& [key, value] : of_all_) {
    if (record.find(key)) continue;
    record.set(key, value);
  }
  // The telemetry's own copy, which lives as long as its sinks.
  if (record.resource == &resource_) record.resource = nullptr;
  telemetry_->tracer().record(std::move(record));
}

void LiveTracing::release(const std::function<bool(trace::SpanRecord&)>& keep) {
  const std::lock_guard lock(mutex_);
  holding_ = false;
  for (trace::SpanRecord& record : held_) {
    if (keep(record)) pass_on(std::move(record));
  }
  std::vector<trace::SpanRecord>().swap(held_);
}

void LiveTracing::add_to_all(std::string_view key, trace::OwnedValue value) {
  const std::lock_guard lock(mutex_);
  of_all_.emplace_back(key, std::move(value));
}

// An unsampled root of a tracer makes its ids when it is asked for them.
trace::SpanContext LiveTracing::fresh_ids() {
  telemetry::Span nothing =
      telemetry::Tracer(nullptr, trace::Rate::never(), resource_, clock_, rng_).start("");
  return nothing.context().span;
}

core::Status LiveTracing::apply(const config::Settings& settings, std::int64_t seen_ns) {
  forget_those_that_are_done();
  settings_ = settings;
  seen_ns_ = seen_ns;
  sampling_ = settings.enabled.value ? make_sampling_(settings) : trace::Rate::never();
  on_ = false;
  if (!settings.enabled.value || !exports_something(settings) ||
      !is_in_window(settings, clock_.now().wall_ns, seen_ns)) {
    return core::ok();
  }
  const auto& url = settings.endpoint.value;
  const otelconfig::Configuration& otel = settings.otel;
  Target target{settings.exporters.value,
                url ? url->to_string() : "",
                config::document_settings(settings),
                settings.filter.value,
                otel.exporters ? otel.exporters->value : std::vector<otelconfig::Exporter>(),
                otel.limits,
                otel.engine};
  if (target_ != target) {
    auto sinks = make_sinks_(settings);
    if (!sinks) return core::fail(std::move(sinks.error()));
    auto made = std::make_unique<telemetry::Telemetry>(std::move(*sinks), trace::Rate::never(),
                                                       resource_, clock_, rng_, otel.engine);
    retire();
    const std::lock_guard lock(mutex_);
    telemetry_ = std::move(made);
    for (auto& [id, open] : open_) {
      open.at = telemetry_->tracer().opened(open.record, open.steady_ns);
    }
    target_ = std::move(target);
  }
  on_ = true;
  return core::ok();
}

// Its worker is woken and goes on by itself.
void LiveTracing::retire() {
  std::unique_ptr<telemetry::Telemetry> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::move(telemetry_);
    for (auto& [id, open] : open_) {
      if (old) old->tracer().closed(std::exchange(open.at, -1));
    }
  }
  if (!old) return;
  (void)old->flush(core::Deadline::at(clock_.steady_ns()));
  before_.push_back(std::move(old));
}

void LiveTracing::forget_those_that_are_done() {
  std::erase_if(before_, [&](const auto& telemetry) {
    if (!has_exported_all(telemetry->stats())) return false;
    (void)telemetry->shutdown(core::Deadline::after(clock_, std::chrono::milliseconds(250)));
    add(of_earlier_, telemetry->stats());
    return true;
  });
}

bool LiveTracing::look_at_window() {
  if (!settings_) return false;
  const bool before = on_;
  if (is_in_window(*settings_, clock_.now().wall_ns, seen_ns_) && before) return false;
  (void)apply(config::Settings(*settings_), seen_ns_);
  return on_ != before;
}

std::int64_t LiveTracing::next_change_steady_ns() {
  std::int64_t next = INT64_MAX;
  if (!settings_ || !settings_->enabled.value) return next;
  const core::Instant now = clock_.now();
  for (const auto& end : {settings_->from.value, settings_->until.value}) {
    if (!end) continue;
    const std::int64_t left = point_of(*end, seen_ns_) - now.wall_ns;
    if (left > 0) next = std::min(next, now.steady_ns + left);
  }
  return next;
}

bool LiveTracing::flush(core::Deadline deadline) {
  bool all = true;
  for (const auto& telemetry : before_) all = telemetry->flush(deadline) && all;
  if (telemetry_) all = telemetry_->flush(deadline) && all;
  return all;
}

void LiveTracing::shutdown(core::Deadline deadline) {
  for (const auto& telemetry : before_) (void)telemetry->shutdown(deadline);
  if (telemetry_) (void)telemetry_->shutdown(deadline);
}

telemetry::Stats LiveTracing::stats() const {
  telemetry::Stats all = of_earlier_;
  for (const auto& telemetry : before_) add(all, telemetry->stats());
  if (telemetry_) add(all, telemetry_->stats());
  return all;
}

}  // namespace spawn::agent
