// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The agent of one instance, EC2 or local: walk B from the boot on. It finds out who it is, what it
// was launched for and which trace that belongs to, registers, runs the command as part of the
// trace, keeps its row alive, follows its settings as they change, and ends the instance when it is
// time. Everything it does is a step that somebody else calls (daemon.h with real signals and
// timers, a test with a fake clock), and no step waits longer than a few seconds.
//
// The command always matters more than its trace: nothing that fails here, but settings that are no
// settings, keeps it from being run. What timers do is never traced; what they lead to is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/agent_context.h"
#include "agent/control.h"
#include "agent/cpu_load.h"
#include "agent/identity.h"
#include "agent/job.h"
#include "agent/lifecycle.h"
#include "agent/live_tracing.h"
#include "agent/losses.h"
#include "agent/membership.h"
#include "agent/places.h"
#include "aws/imds.h"
#include "aws/session.h"
#include "config/keys.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/json.h"
#include "core/result.h"
#include "core/rng.h"
#include "handoff/context.h"
#include "handoff/registry.h"
#include "http/client.h"

namespace spawn::agent {

// What an agent needs from outside; apps/ gives the real ones.
struct AgentParts {
  const core::Env& env;
  core::Clock& clock;
  core::Rng& rng;
  http::Client& client;  // to AWS and the metadata service
  MakeSinks make_sinks;
  StartJob start_job;
  std::function<std::optional<CpuTicks>()> cpu_ticks;
  std::function<void(const std::string&)> note;  // one line to the log
  // The firmware says that this is an EC2 instance; elsewhere nobody is asked.
  bool on_instance = false;
  MakeSampling sampling = fixed_sampling;
};

class Agent {
 public:
  // `sources.tags` is not used: they are read from the instance.
  Agent(config::Sources sources, const AgentParts& parts);
  ~Agent();

  // Who and where we are, and how we are to trace. Only settings that make no sense are an error.
  core::Status find_out();
  // The rest, up to the running command. Nothing of it can fail.
  void boot();

  // Does what is due; then says when to come again (steady clock), unless something happens before:
  // a request, a signal, the end of the command.
  void step();
  [[nodiscard]] std::int64_t next_step_ns();

  // To the control socket. Of an agent that only found out: "config-…" alone.
  Answer handle(const core::Json& request);
  // Reads tags and file anew.
  void reload();
  // SIGTERM and SIGINT: the command is ended, then we are done.
  void end(const std::string& reason);
  [[nodiscard]] bool done() const { return done_; }
  // Exports what there is, and says what was lost. Once, at the very end.
  void leave();

  [[nodiscard]] const Places& places() const { return places_; }
  [[nodiscard]] std::string status_line() const;

 private:
  struct Ending {
    Decision decision;
    std::int64_t kill_at_ns;
    std::unique_ptr<telemetry::Span> span;
  };

  // agent_boot.cc
  void find_identity();
  void open_session();
  core::Status read_settings();
  void find_launch();
  void join_registry(const trace::SpanContext& own);
  void start_command();
  void run_command(const std::string& name, const std::string& command);
  void arm_timers();
  handoff::Row row_for(const trace::SpanContext& own) const;

  // agent.cc
  void look_at_job();
  void look_at_settings();
  void look_for_spot_notice();
  void look_at_load();
  void look_for_completion_file();
  void look_for_resume();
  void decide_on_life();
  void begin_ending(Decision decision);
  void go_on_ending();
  void complete(std::string_view status, const std::string& message);
  void follow(config::Settings settings);
  [[nodiscard]] LifeFacts facts() const;
  [[nodiscard]] std::string_view final_status(Action action) const;
  std::unique_ptr<telemetry::Span> start_span(std::string_view name);
  void flush();

  // agent_requests.cc
  Answer answer_status();
  Answer answer_config(const core::Json& request);
  Answer set_config(const std::string& name, const std::string& value);
  core::Status write_setting(const config::Key& key, const std::string& value);
  Answer answer_span(const core::Json& request);

  void note(const std::string& text) const { parts_.note(text); }
  [[nodiscard]] std::int64_t now_ns() const { return parts_.clock.steady_ns(); }

  config::Sources sources_;
  AgentParts parts_;
  aws::Imds imds_;
  std::optional<config::Settings> settings_;
  std::int64_t settings_seen_ns_ = 0;  // wall clock; where the ends of the window count from
  std::vector<std::string> complaints_;
  LiveTracing tracing_;
  Identity identity_;
  Places places_;
  std::unique_ptr<aws::Session> session_;  // null: no AWS here
  trace::SpanContext fresh_;               // ids, should a trace begin here
  std::unique_ptr<telemetry::Span> boot_span_;
  std::optional<AgentContext> context_;
  handoff::ContextSource context_source_ = handoff::ContextSource::none;
  std::optional<handoff::LaunchId> launch_id_;
  std::unique_ptr<handoff::Registry> registry_;
  std::optional<Membership> membership_;

  std::unique_ptr<Job> job_;
  std::unique_ptr<telemetry::Span> job_span_;
  std::optional<ExitStatus> job_status_;
  std::unique_ptr<Job> hook_;
  std::int64_t hook_kill_at_ns_ = INT64_MAX;

  std::string completed_;  // handoff::status, "" while there is work
  std::optional<std::int64_t> completed_at_ns_;
  std::string completion_stamp_;  // of the file when we came; it may be an older run's
  bool interrupted_ = false;
  std::optional<Ending> ending_;
  bool done_ = false;
  bool asleep_ = false;  // hibernation was asked for
  std::int64_t no_action_before_ns_ = 0;
  core::Instant last_step_;

  std::int64_t started_ns_ = 0;
  core::Nanos age_at_start_{0};
  std::optional<CpuTicks> last_ticks_;
  std::optional<std::int64_t> idle_since_ns_;

  LossLog loss_log_;
  std::int64_t next_heartbeat_ns_ = INT64_MAX;
  std::int64_t next_settings_ns_ = INT64_MAX;
  std::int64_t next_spot_ns_ = INT64_MAX;
  std::int64_t next_load_ns_ = INT64_MAX;
  std::int64_t next_file_ns_ = INT64_MAX;

  std::map<std::string, std::unique_ptr<telemetry::Span>> shell_spans_;  // by span id
};

}  // namespace spawn::agent
