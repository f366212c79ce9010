// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/traced_command.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "agent/process_resource.h"
#include "telemetry/undelivered.h"
#include "trace/attributes.h"

namespace spawn::cli {
namespace {

// A person waits for it, once; a call to X-Ray from far away takes less.
constexpr core::Nanos kMostDelay = std::chrono::seconds(2);

}  // namespace

TracedCommand::TracedCommand(const std::string& name, const config::Settings& settings,
                             const Parts& parts)
    : parts_(parts),
      sampling_(settings.enabled.value ? parts.sampling(settings) : trace::Rate::never()),
      inherited_(settings.enabled.value ? agent::context_from(parts.env, sampling_)
                                        : agent::Inherited()),
      telemetry_(make_telemetry(settings)),
      span_(start(name)) {
  if (!inherited_.complaint.empty()) {
    parts_.err << fmt::format("spawn: {}\n", inherited_.complaint);
  }
  scope_.emplace(span_.context());
}

telemetry::Span TracedCommand::start(const std::string& name) {
  telemetry::Tracer& tracer = telemetry_->tracer();
  if (!inherited_.context) return tracer.start(name);
  trace::SpanContext& parent = inherited_.context->span;
  if (!parent.sampled() && !parent.span_id.valid()) parent.span_id = tracer.new_span_id();
  return tracer.start_child_of(parent, &inherited_.context->extras, name);
}

TracedCommand::~TracedCommand() { finish(nullptr); }

std::unique_ptr<telemetry::Telemetry> TracedCommand::make_telemetry(
    const config::Settings& settings) {
  std::vector<telemetry::NamedSink> sinks;
  if (settings.enabled.value) {
    if (auto made = parts_.make_sinks(settings); made) {
      sinks = std::move(*made);
    } else {
      parts_.err << fmt::format("spawn: this command is not traced: {}\n", made.error().message);
    }
  }
  return std::make_unique<telemetry::Telemetry>(
      std::move(sinks), sampling_, agent::process_resource("spawn", settings, parts_.rng),
      parts_.clock, parts_.rng, settings.otel.engine);
}

std::string TracedCommand::trace_id() {
  return span_.recording() ? span_.context().span.trace_id.hex() : std::string();
}

void TracedCommand::finish(const core::Error* error) {
  if (!scope_) return;
  span_.set(trace::key::kError, error != nullptr);
  if (error != nullptr) {
    span_.set(trace::key::kErrorType, core::to_string(error->code));
    span_.set_error(error->message);
  }
  span_.end();
  scope_.reset();
  (void)telemetry_->shutdown(core::Deadline::after(parts_.clock, kMostDelay));
  const telemetry::Undelivered undelivered = telemetry::undelivered_spans(telemetry_->stats());
  if (undelivered.most > 0) parts_.err << fmt::format("spawn: {}\n", undelivered.line);
}

config::Sources command_sources(const core::Env& env) {
  config::Sources sources;
  sources.file = config_file(env);
  if (auto named = env.get_non_empty("SPAWN_CONFIG")) {
    sources.file = *named;
    sources.file_required = true;
  }
  return sources;
}

core::Result<config::Settings> command_settings(const Parts& parts, const config::Tags& tags) {
  config::Sources sources = command_sources(parts.env);
  sources.tags = tags;
  sources.rather_untraced = true;
  return resolved(sources, "spawn", parts);
}

core::Result<config::Settings> resolved(const config::Sources& sources, std::string_view program,
                                        const Parts& parts) {
  auto settings = config::resolve(sources, parts.env);
  if (!settings) return settings;
  for (const std::string& note : settings->notes) {
    parts.err << fmt::format("{}: {}\n", program, note) << std::flush;
  }
  return settings;
}

std::string config_file(const core::Env& env) {
  std::string folder = env.get_non_empty("XDG_CONFIG_HOME").value_or("");
  if (folder.empty()) folder = env.get("HOME").value_or("") + "/.config";
  return folder + "/spawn/config.yaml";
}

}  // namespace spawn::cli
