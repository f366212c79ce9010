// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Tracing that can be switched on, off, re-rated and sent elsewhere while a program runs, without
// losing a span. There is one tracer for the whole run, so open spans and AWS stacks never notice;
// behind it stands the telemetry of the settings that are in force. What was recorded before a
// change goes where it would have gone; a span that is open during it goes where its end finds us.
// When tracing is switched off, what is still open and was sampled is exported all the same. And
// the telemetry knows what is open: it is shown while it runs long, and closed by whoever comes
// after a process that was killed.
//
// It begins by holding what is recorded: an agent makes its first calls to AWS before it knows
// which trace they belong to, or whether tracing is on. release() says.
//
// Whether something is recorded is decided by the context that it is made in, which is the caller's
// to choose (agent_context.h). Used by the main thread; spans may end on any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/run.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/rng.h"
#include "otelconfig/configuration.h"
#include "telemetry/queue.h"
#include "telemetry/telemetry.h"
#include "telemetry/tracer.h"
#include "trace/attribute.h"
#include "trace/context.h"
#include "trace/resource.h"
#include "trace/span_limits.h"

namespace spawn::agent {

// Is tracing on at this moment? Relative ends of the window count from `seen_ns`.
bool is_in_window(const config::Settings& settings, std::int64_t now_ns, std::int64_t seen_ns);

class LiveTracing {
 public:
  LiveTracing(MakeSinks make_sinks, MakeSampling make_sampling, trace::Resource resource,
              core::Clock& clock, core::Rng& rng);
  ~LiveTracing();

  // Puts these in force. The error says why nothing can be exported; then nothing is recorded.
  core::Status apply(const config::Settings& settings, std::int64_t seen_ns);
  // The window may have opened or closed. True when that changed whether tracing is on.
  bool look_at_window();
  // Steady-clock time of the next such change; INT64_MAX for none.
  [[nodiscard]] std::int64_t next_change_steady_ns();

  [[nodiscard]] bool on() const { return on_; }
  [[nodiscard]] const trace::Sampling& sampling() const { return sampling_; }
  // Makes children only: of a context that came from elsewhere, or from fresh_ids().
  [[nodiscard]] telemetry::Tracer& tracer() { return tracer_; }
  // For a trace that begins here; the decision is the caller's.
  [[nodiscard]] trace::SpanContext fresh_ids();

  // Ends the holding: `keep` may change a span, and says whether it is to be exported.
  void release(const std::function<bool(trace::SpanRecord&)>& keep);
  // Of all telemetry that is made from now on.
  void set_resource(trace::Resource resource) { resource_ = std::move(resource); }
  // On every span from now on that has not got it: spawn.instance_id and the like.
  void add_to_all(std::string_view key, trace::OwnedValue value);

  // Everything that ended before is with the sinks, or the deadline passed.
  bool flush(core::Deadline deadline);
  void shutdown(core::Deadline deadline);
  // Of all telemetry there was.
  [[nodiscard]] telemetry::Stats stats() const;

 private:
  class Switch final : public telemetry::Queue {
   public:
    explicit Switch(LiveTracing& of) : of_(of) {}
    void push(trace::SpanRecord& record) noexcept override;
    int opened(const trace::SpanRecord& record, std::int64_t steady_ns) noexcept override;
    void closed(int open) noexcept override;

   private:
    LiveTracing& of_;
  };
  struct OpenSpan {
    trace::SpanRecord record;  // as it began
    std::int64_t steady_ns = 0;
    int at = -1;  // of the telemetry that is in force
  };
  void pass_on(trace::SpanRecord&& record);
  void retire();
  void forget_those_that_are_done();

  struct Target {  // what a change of makes new sinks necessary
    std::vector<config::Exporter> exporters;
    std::string endpoint;
    trace::DocumentSettings documents;
    config::Filter filter;
    std::vector<otelconfig::Exporter> of_file;
    std::optional<trace::SpanLimits> limits;
    telemetry::Options engine;
    friend bool operator==(const Target&, const Target&) = default;
  };

  MakeSinks make_sinks_;
  MakeSampling make_sampling_;
  trace::Resource resource_;
  core::Clock& clock_;
  core::Rng& rng_;
  Switch switch_{*this};
  telemetry::Tracer tracer_;

  std::optional<config::Settings> settings_;
  std::int64_t seen_ns_ = 0;
  std::optional<Target> target_;
  bool on_ = false;
  trace::Sampling sampling_ = trace::Rate::never();

  std::mutex mutex_;  // over what spans are pushed to
  bool holding_ = true;
  std::vector<trace::SpanRecord> held_;
  std::vector<std::pair<std::string_view, trace::OwnedValue>> of_all_;
  std::map<int, OpenSpan> open_;
  int last_opened_ = -1;
  std::unique_ptr<telemetry::Telemetry> telemetry_;            // null: there was none yet
  std::vector<std::unique_ptr<telemetry::Telemetry>> before_;  // still exporting
  telemetry::Stats of_earlier_;
};

}  // namespace spawn::agent
