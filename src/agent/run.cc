// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "agent/environment.h"
#include "agent/process_resource.h"
#include "agent/root_span.h"
#include "intake/intake.h"
#include "telemetry/undelivered.h"

namespace spawn::agent {
namespace {

constexpr core::Nanos kMostDelay = std::chrono::milliseconds(250);
constexpr std::string_view kCopyName = "--show";

// One run, from the decision to the last note.
class Run {
 public:
  Run(RunRequest request, const config::Settings& settings, const RunParts& parts)
      : request_(std::move(request)), settings_(settings), parts_(parts) {}

  core::Result<RunResult> operator()();

 private:
  void note(const std::string& text) const {
    parts_.note(fmt::format("{}: {}", request_.program, text));
  }
  [[nodiscard]] bool keeps_spans() const;
  core::Error exec_with_context(const Inherited& inherited, RootSpan& root) const;
  std::unique_ptr<intake::Intake> bind_intake(ChildEnvironment& environment) const;
  std::vector<telemetry::NamedSink> make_sinks();
  RunResult follow(ChildProcess child, RootSpan& root, intake::Intake* intake);
  std::uint64_t report(const telemetry::Stats& stats, const intake::Intake* intake) const;

  RunRequest request_;
  const config::Settings& settings_;
  const RunParts& parts_;
};

core::Result<RunResult> Run::operator()() {
  ChildEnvironment environment(parts_.env.all());
  if (!settings_.enabled.value) {
    return core::fail(exec_in_place(request_.command, environment.entries()));
  }
  const trace::Sampling sampling = parts_.sampling(settings_);
  const Inherited inherited = context_from(parts_.env, sampling);
  if (!inherited.complaint.empty()) note(inherited.complaint);

  const std::string executable = file_name(request_.command[0]);
  RootSpan root(inherited, sampling, request_.name.empty() ? executable : request_.name, executable,
                parts_.clock, parts_.rng);
  if (!root.sampled() || !keeps_spans()) return core::fail(exec_with_context(inherited, root));

  const telemetry::ActiveContext& context = root.context();
  environment.put(context.span, *context.extras);
  const auto intake = bind_intake(environment);
  auto child = ChildProcess::start(request_.command, environment.entries());
  if (!child) return core::fail(child.error());
  return follow(*child, root, intake.get());
}

bool Run::keeps_spans() const {
  return request_.copy_to != nullptr ||
         std::ranges::any_of(settings_.exporters.value,
                             [](auto exporter) { return exporter != config::Exporter::none; });
}

// Nothing is recorded here. A parent's context goes on as it came (its next child is the
// command's), else a new one, so that programs that trace themselves obey the decision.
core::Error Run::exec_with_context(const Inherited& inherited, RootSpan& root) const {
  if (request_.copy_to != nullptr) note("this run was not sampled, so there is no trace to show");
  ChildEnvironment environment(parts_.env.all());
  const telemetry::ActiveContext& context = root.context();
  const bool untouched = inherited.context && inherited.context->span.span_id.valid();
  environment.put(untouched ? inherited.context->span : context.span,
                  context.extras != nullptr ? *context.extras : trace::ContextExtras{});
  return exec_in_place(request_.command, environment.entries());
}

std::unique_ptr<intake::Intake> Run::bind_intake(ChildEnvironment& environment) const {
  auto intake = intake::Intake::bind(geteuid());
  if (!intake) {
    note("AWS calls and spans of the command will not be seen: " + intake.error().message);
    return nullptr;
  }
  environment.set_all(
      (*intake)->child_environment([&](std::string_view name) { return environment.get(name); }));
  return std::move(*intake);
}

std::vector<telemetry::NamedSink> Run::make_sinks() {
  std::vector<telemetry::NamedSink> sinks;
  if (auto made = parts_.make_sinks(settings_); made) {
    sinks = std::move(*made);
  } else {
    note("spans of this run are not exported: " + made.error().message);
  }
  if (request_.copy_to != nullptr) {
    sinks.push_back({std::string(kCopyName), std::move(request_.copy_to)});
  }
  return sinks;
}

RunResult Run::follow(ChildProcess child, RootSpan& root, intake::Intake* intake) {
  telemetry::Telemetry telemetry(make_sinks(),
                                 trace::Rate::never(),  // the only root is there already
                                 process_resource(request_.program, settings_, parts_.rng),
                                 parts_.clock, parts_.rng, settings_.otel.engine);
  root.watch(telemetry.tracer());
  const trace::SpanContext context = root.context().span;
  if (intake != nullptr) intake->start(telemetry.tracer(), context);

  const ExitStatus status = child.wait();
  const auto deadline = core::Deadline::after(parts_.clock, kMostDelay);
  root.end(child.pid(), status);
  if (intake != nullptr) intake->stop(deadline);
  root.hand_over(telemetry.tracer());
  (void)telemetry.shutdown(deadline);
  const telemetry::Stats stats = telemetry.stats();
  return {status, context.trace_id, report(stats, intake), !stats.exporters.empty()};
}

// At most one line about the exporters, one about the intake, and what is wrong with spools.
std::uint64_t Run::report(const telemetry::Stats& stats, const intake::Intake* intake) const {
  const telemetry::Undelivered undelivered = telemetry::undelivered_spans(stats);
  if (undelivered.most > 0) note(undelivered.line);
  for (const std::string& text : stats.notes) note(text);
  if (intake != nullptr) {
    const std::string lost = intake::losses_line(intake->stats());
    if (!lost.empty()) note(lost);
  }
  return undelivered.most;
}

}  // namespace

trace::Sampling fixed_sampling(const config::Settings& settings) {
  return settings.sampling.value.rate;
}

core::Result<RunResult> run(RunRequest request, const config::Settings& settings,
                            const RunParts& parts) {
  return Run(std::move(request), settings, parts)();
}

}  // namespace spawn::agent
