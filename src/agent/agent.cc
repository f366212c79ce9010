// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "agent/cloud.h"
#include "agent/completion_file.h"
#include "agent/root_span.h"
#include "config/keys.h"
#include "core/text.h"
#include "telemetry/undelivered.h"
#include "trace/attributes.h"

namespace spawn::agent {
namespace {

namespace key = trace::key;
using std::chrono::seconds;

constexpr core::Nanos kSettingsEvery = seconds(60);
constexpr core::Nanos kSpotEvery = seconds(5);  // as AWS advises
constexpr core::Nanos kLoadEvery = seconds(60);
constexpr core::Nanos kFileEvery = seconds(10);
constexpr core::Nanos kPatience = seconds(5);
constexpr core::Nanos kFlushTime = seconds(2);
constexpr core::Nanos kTimeToEnd = seconds(10);  // for a command, between SIGTERM and SIGKILL
constexpr core::Nanos kHookTime = seconds(90);   // of the two minutes that a notice leaves
constexpr core::Nanos kTryAgain = seconds(60);
constexpr core::Nanos kWasAsleep = seconds(60);

std::int64_t ns(core::Nanos length) { return length.count(); }

// Names of what shows differently.
std::vector<std::string_view> changed_keys(const config::Settings& a, const config::Settings& b) {
  std::vector<std::string_view> names;
  for (const config::Key& key : config::keys()) {
    if (key.show(a) != key.show(b)) names.push_back(key.name);
  }
  return names;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// When to come again: a while from now, not as often as was missed.
bool is_due(std::int64_t& at_ns, std::int64_t now_ns, core::Nanos every) {
  if (at_ns > now_ns) return false;
  at_ns = now_ns + every.count();
  return true;
}

}  // namespace

Agent::Agent(config::Sources sources, const AgentParts& parts)
    : sources_(std::move(sources)),
      parts_(parts),
      imds_(parts_.env, parts_.client, parts_.clock),
      tracing_(parts_.make_sinks, parts_.sampling, {}, parts_.clock, parts_.rng) {}

Agent::~Agent() = default;

std::unique_ptr<telemetry::Span> Agent::start_span(std::string_view name) {
  // NOLINTNEXTLINE(modernize-make-unique): a Span cannot be moved into one
  return std::unique_ptr<telemetry::Span>(
      new telemetry::Span(context_->start(tracing_.tracer(), name)));
}

void Agent::flush() { (void)tracing_.flush(core::Deadline::after(parts_.clock, kFlushTime)); }

void Agent::arm_timers() {
  const std::int64_t now = now_ns();
  next_file_ns_ = now + ns(kFileEvery);
  if (!identity_.is_local) next_settings_ns_ = now + ns(kSettingsEvery);
  if (identity_.is_spot) next_spot_ns_ = now + ns(kSpotEvery);
  next_load_ns_ = settings_->idle_timeout.value ? now : INT64_MAX;
}

void Agent::step() {
  const std::int64_t now = now_ns();
  {
    const telemetry::Scope quiet(context_->quiet());
    look_for_resume();
    if (is_due(next_heartbeat_ns_, now, handoff::kHeartbeatEvery)) (void)membership_->heartbeat();
    if (is_due(next_load_ns_, now, kLoadEvery)) look_at_load();
  }
  look_at_job();
  if (is_due(next_settings_ns_, now, kSettingsEvery)) look_at_settings();
  if (tracing_.look_at_window()) context_->set_tracing(tracing_.on());
  if (is_due(next_spot_ns_, now, kSpotEvery)) look_for_spot_notice();
  if (is_due(next_file_ns_, now, kFileEvery)) look_for_completion_file();
  if (const std::string losses = loss_log_.look(tracing_.stats(), now); !losses.empty()) {
    note(losses);
  }
  decide_on_life();
  go_on_ending();
  last_step_ = parts_.clock.now();
}

std::int64_t Agent::next_step_ns() {
  std::int64_t next = std::min({next_heartbeat_ns_, next_settings_ns_, next_spot_ns_, next_load_ns_,
                                next_file_ns_, tracing_.next_change_steady_ns(), hook_kill_at_ns_});
  if (ending_) return std::min(next, ending_->kill_at_ns);
  if (asleep_) return next;
  const std::int64_t life = next_decision_ns(*settings_, facts());
  return std::min(next, std::max(life, no_action_before_ns_));
}

// A machine that slept finds its wall clock further on than its steady one.
void Agent::look_for_resume() {
  const core::Instant now = parts_.clock.now();
  const core::Nanos jump((now.wall_ns - last_step_.wall_ns) -
                         (now.steady_ns - last_step_.steady_ns));
  if (!asleep_ || jump < kWasAsleep) return;
  asleep_ = false;
  idle_since_ns_.reset();
  no_action_before_ns_ = 0;
  note("awake again");
  if (membership_) (void)membership_->resume();
}

void Agent::look_at_load() {
  const auto ticks = parts_.cpu_ticks();
  if (ticks && last_ticks_) {
    const auto busy = busy_between(*last_ticks_, *ticks);
    if (busy && *busy >= settings_->idle_cpu.value) idle_since_ns_.reset();
    if (busy && *busy < settings_->idle_cpu.value && !idle_since_ns_) idle_since_ns_ = now_ns();
  }
  last_ticks_ = ticks;
}

void Agent::look_at_job() {
  if (hook_ && (hook_->poll() || now_ns() >= hook_kill_at_ns_)) {
    if (!hook_->poll()) hook_->signal(SIGKILL);
    hook_.reset();
    hook_kill_at_ns_ = INT64_MAX;
  }
  if (job_ && !job_status_) job_status_ = job_->poll();
  if (!job_span_ || !job_status_) return;
  const ExitStatus status = *job_status_;
  set_outcome(*job_span_, status);
  if (job_) job_span_->set(key::kPid, std::int64_t{job_->pid()});
  job_span_->end();
  job_span_.reset();
  job_.reset();
  note(fmt::format("the command ended with exit status {}", status.shell_code()));
  complete(status.shell_code() == 0 ? handoff::status::kCompleted : handoff::status::kFailed, "");
}

// The first word counts, and the exit status of the command in any case.
void Agent::complete(std::string_view status, const std::string& message) {
  if (ending_) return;
  if (completed_.empty()) {
    completed_ = status;
    completed_at_ns_ = now_ns();
    if (!message.empty()) note(fmt::format("{}: {}", status, core::visible(message)));
  }
  const telemetry::Scope scope(context_->active());
  if (membership_) {
    std::optional<std::int64_t> code;
    if (job_status_) code = job_status_->shell_code();
    (void)membership_->finish(completed_, code);
  }
  flush();
}

void Agent::look_for_completion_file() {
  const std::string& path = settings_->completion_file.value;
  const std::string stamp = stamp_of(path);
  if (stamp.empty() || stamp == completion_stamp_) return;
  completion_stamp_ = stamp;
  const auto completion = read_completion(path);
  if (!completion) return;
  complete(completion->success ? handoff::status::kCompleted : handoff::status::kFailed,
           completion->message);
}

void Agent::reload() { look_at_settings(); }

void Agent::look_at_settings() {
  config::Sources sources = sources_;
  if (!identity_.is_local && session_) {
    const telemetry::Scope quiet(context_->quiet());
    auto tags =
        read_tags(identity_, imds_, *session_, core::Deadline::after(parts_.clock, kPatience));
    if (!tags) return;  // those we have are the newest there are
    sources.tags = sources_.tags = std::move(*tags);
  }
  std::vector<std::string> complaints;
  auto settings = config::resolve(sources, parts_.env, complaints);
  if (!settings) complaints = {settings.error().message};
  if (complaints != complaints_) {
    for (const std::string& complaint : complaints) note(complaint + "; left out");
    complaints_ = std::move(complaints);
  }
  if (settings) follow(std::move(*settings));
}

void Agent::follow(config::Settings settings) {
  const std::vector<std::string_view> changed = changed_keys(*settings_, settings);
  for (const std::string& text : settings.notes) {
    if (std::ranges::find(settings_->notes, text) == settings_->notes.end()) note(text);
  }
  settings_.emplace(std::move(settings));
  if (changed.empty()) return;
  if (contains(changed, "idle-timeout")) {
    next_load_ns_ = settings_->idle_timeout.value ? now_ns() : INT64_MAX;
    idle_since_ns_.reset();
    last_ticks_.reset();
  }
  if (contains(changed, "tracing-from") || contains(changed, "tracing-until")) {
    settings_seen_ns_ = parts_.clock.now().wall_ns;
  }
  const auto applied = tracing_.apply(*settings_, settings_seen_ns_);
  if (!applied) note("nothing is traced: " + applied.error().message);
  const bool anew = contains(changed, "tracing-enabled") || contains(changed, "tracing-sampling");
  context_->set_tracing(tracing_.on(), anew ? std::optional(tracing_.sampling()) : std::nullopt);
  const std::string names = fmt::format("{}", fmt::join(changed, ", "));
  note("new settings: " + names);
  auto span = start_span("spored settings");
  span->set(key::kSettingsChanged, std::string_view(names));
}

void Agent::look_for_spot_notice() {
  if (interrupted_) return;
  const std::string notice = spot_notice(imds_);
  if (notice.empty()) return;
  interrupted_ = true;
  next_spot_ns_ = INT64_MAX;
  note("AWS takes this spot instance back: " + notice);
  {
    auto span = start_span("spored interruption");
    span->set(key::kReason, std::string_view(notice));
    const telemetry::Scope scope(span->context());
    if (membership_ && completed_.empty()) {
      (void)membership_->finish(handoff::status::kInterrupted, std::nullopt);
    }
  }
  flush();  // the hook may take all the time there is
  if (settings_->pre_stop.value.empty()) return;
  JobRequest request{{"/bin/sh", "-c", settings_->pre_stop.value},
                     ChildEnvironment(parts_.env.all()),
                     places_.jobs + "/pre-stop-stdout.log",
                     places_.jobs + "/pre-stop-stderr.log",
                     context_->active().span,
                     &tracing_.tracer(),
                     [this](const std::string& text) { note("pre-stop: " + text); }};
  auto hook = parts_.start_job(std::move(request));
  if (!hook) return note("pre-stop: " + hook.error().message);
  hook_ = std::move(*hook);
  hook_kill_at_ns_ = now_ns() + ns(kHookTime);
}

LifeFacts Agent::facts() const {
  const std::int64_t now = parts_.clock.steady_ns();
  return {now, age_at_start_ + core::Nanos(now - started_ns_), idle_since_ns_, completed_at_ns_,
          identity_.is_local};
}

void Agent::decide_on_life() {
  if (ending_ || done_ || asleep_ || now_ns() < no_action_before_ns_) return;
  Decision decision = decide(*settings_, facts());
  if (decision.action != Action::none) begin_ending(std::move(decision));
}

void Agent::end(const std::string& reason) {
  if (!ending_) begin_ending({Action::exit, reason});
}

void Agent::begin_ending(Decision decision) {
  note(fmt::format("{}: {}", decision.reason, to_string(decision.action)));
  auto span = start_span(fmt::format("spored {}", to_string(decision.action)));
  span->set(key::kReason, std::string_view(decision.reason));
  // What hibernates sleeps as it is.
  const bool ends_job = job_ && decision.action != Action::hibernate;
  if (ends_job) job_->signal(SIGTERM);
  ending_.emplace(Ending{std::move(decision), now_ns() + ns(kTimeToEnd), std::move(span)});
}

std::string_view Agent::final_status(Action action) const {
  if (interrupted_ && completed_.empty()) return handoff::status::kInterrupted;
  if (!completed_.empty()) return completed_;
  if (action == Action::terminate) return handoff::status::kTerminated;
  if (action == Action::hibernate) return handoff::status::kHibernated;
  return handoff::status::kStopped;
}

void Agent::go_on_ending() {
  if (!ending_ || done_) return;
  const Action action = ending_->decision.action;
  if (job_ && action != Action::hibernate) {
    if (now_ns() < ending_->kill_at_ns) return;
    job_->signal(SIGKILL);
    ending_->kill_at_ns = now_ns() + ns(seconds(1));
    return;
  }
  core::Status ended = core::ok();
  {
    const telemetry::Scope scope(ending_->span->context());
    std::optional<std::int64_t> code;
    if (job_status_) code = job_status_->shell_code();
    if (membership_) (void)membership_->finish(final_status(action), code);
    if (action != Action::exit && !identity_.is_local) {
      flush();  // the instance may be gone before the answer is here
      ended = session_ ? end_instance(identity_, *session_, action,
                                      core::Deadline::after(parts_.clock, kPatience))
                       : core::fail(core::Code::unavailable, "no session with AWS");
    }
  }
  if (!ended) ending_->span->set_error(ended.error().message);
  ending_->span->end();
  ending_.reset();
  flush();
  if (!ended) {
    note(fmt::format("{}; trying again in a minute", ended.error().message));
    no_action_before_ns_ = now_ns() + ns(kTryAgain);
  } else if (action == Action::hibernate) {
    asleep_ = true;
  } else {
    done_ = true;
  }
}

void Agent::leave() {
  for (auto& [id, span] : shell_spans_) span->set_error("the agent ended before the span did");
  shell_spans_.clear();
  if (job_span_) job_span_->set_error("the agent ended before the command did");
  job_span_.reset();
  tracing_.shutdown(core::Deadline::after(parts_.clock, kPatience));
  if (const telemetry::Undelivered undelivered = telemetry::undelivered_spans(tracing_.stats());
      !undelivered.line.empty()) {
    note(undelivered.line);
  }
}

std::string Agent::status_line() const {
  if (!completed_.empty()) return completed_;
  return job_ ? "running the command" : "running";
}

}  // namespace spawn::agent
