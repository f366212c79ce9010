// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The seams' fakes: time that moves only when told (or slept), randomness from a seed, an
// environment from a map, a sink that keeps what it gets, an http::Client that answers from a
// script.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/env.h"
#include "core/rng.h"
#include "http/client.h"
#include "trace/sink.h"

namespace spawn::testing {

// Starts at 2026-01-02T03:04:05Z. sleep_for() moves it. Safe for any thread.
class FakeClock final : public core::Clock {
 public:
  static constexpr std::int64_t kStart = 1'767'323'045'000'000'000;

  core::Instant now() override { return {kStart + passed_ - kSteadyStart + wall_step_, passed_}; }
  std::int64_t steady_ns() override { return passed_; }
  void sleep_for(core::Nanos duration) override {
    slept_ += duration.count();
    passed_ += duration.count();
  }
  void advance(core::Nanos duration) { passed_ += duration.count(); }
  // Sets the wall clock forward or back without steady time passing.
  void step_wall(core::Nanos by) { wall_step_ += by.count(); }
  [[nodiscard]] core::Nanos slept() const { return core::Nanos(slept_.load()); }

 private:
  static constexpr std::int64_t kSteadyStart = 1'000'000'000;
  std::atomic<std::int64_t> passed_{kSteadyStart};
  std::atomic<std::int64_t> wall_step_{0};
  std::atomic<std::int64_t> slept_{0};
};

// splitmix64 from a seed.
class FakeRng final : public core::Rng {
 public:
  explicit FakeRng(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t next() override {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

 private:
  std::atomic<std::uint64_t> state_;
};

class FakeEnv final : public core::Env {
 public:
  FakeEnv() = default;
  FakeEnv(std::initializer_list<std::pair<const std::string, std::string>> values)
      : values_(values) {}
  void set(const std::string& name, std::string value) { values_[name] = std::move(value); }
  void unset(const std::string& name) { values_.erase(name); }

  [[nodiscard]] std::optional<std::string> get(std::string_view name) const override {
    const auto at = values_.find(std::string(name));
    if (at == values_.end()) return std::nullopt;
    return at->second;
  }
  [[nodiscard]] std::vector<std::string> all() const override {
    std::vector<std::string> entries;
    for (const auto& [name, value] : values_) entries.push_back(name + "=" + value);
    return entries;
  }

 private:
  std::map<std::string, std::string> values_;
};

// What a sink was given, kept as OwnedSpans so that it outlives the telemetry.
struct OwnedSpan {
  trace::TraceId trace_id;
  trace::SpanId span_id;
  trace::SpanId parent_id;
  std::string name;
  trace::SpanKind kind;
  trace::StatusCode status;
  std::string status_message;
  std::int64_t start_ns;
  std::int64_t end_ns;
  bool parent_remote;
  bool in_progress;
  std::uint8_t flags;
  std::string service;  // of its resource; "" when it has none
  std::map<std::string, trace::OwnedValue> attributes;
  std::vector<trace::SpanContext> links;

  explicit OwnedSpan(const trace::SpanRecord& record)
      : trace_id(record.trace_id),
        span_id(record.span_id),
        parent_id(record.parent_id),
        name(record.name()),
        kind(record.kind),
        status(record.status),
        status_message(record.status_message()),
        start_ns(record.start_ns),
        end_ns(record.end_ns),
        parent_remote(record.parent_remote),
        in_progress(record.in_progress),
        flags(record.flags),
        service(record.resource == nullptr ? "" : record.resource->service_name()) {
    record.for_each_attribute(
        [&](const trace::Attribute& a) { attributes.emplace(a.key, a.value.owned()); });
    record.for_each_link([&](const trace::SpanRecord::Link& link) { links.push_back(link.to); });
  }
  // "" when absent; as a person would write it otherwise.
  [[nodiscard]] std::string text(const std::string& key) const;
};

// Where a CollectingSink puts its spans; shared, because the sink itself is owned by Telemetry.
class SpanLog {
 public:
  void add(const trace::SpanRecord& record) {
    const std::lock_guard lock(mutex_);
    spans_.emplace_back(record);
  }
  [[nodiscard]] std::vector<OwnedSpan> spans() const {
    const std::lock_guard lock(mutex_);
    return spans_;
  }
  // The one span of that name; fails a check when there is none or more.
  [[nodiscard]] OwnedSpan only(std::string_view name) const;

 private:
  mutable std::mutex mutex_;
  std::vector<OwnedSpan> spans_;
};

class CollectingSink final : public trace::SpanSink {
 public:
  explicit CollectingSink(SpanLog& log) : log_(log) {}
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    for (const auto& record : batch) log_.add(record);
    return {batch.size(), 0, {}};
  }

 private:
  SpanLog& log_;
};

// For clients that do not stream: `send` gets a streamed body as text, and what it answers goes to
// the sink (to which it may have written itself, before it fails).
using SendInMemory = std::function<core::Result<http::Reply>(const http::Request&)>;
core::Result<http::Reply> in_memory(const http::Request& request, const SendInMemory& send);

// Answers requests from a script, in order, and keeps what was asked (a streamed body as text).
class ScriptedHttp final : public http::Client {
 public:
  using Answer = std::function<core::Result<http::Reply>(const http::Request&)>;

  void answer(int status, std::string body = {}, http::Headers headers = {});
  void fail(core::Error error);
  void answer_with(Answer answer) { answers_.push_back(std::move(answer)); }

  core::Result<http::Reply> send(const http::Request& request) override;
  [[nodiscard]] const std::vector<http::Request>& requests() const { return requests_; }

 private:
  std::deque<Answer> answers_;
  std::vector<http::Request> requests_;
};

}  // namespace spawn::testing
