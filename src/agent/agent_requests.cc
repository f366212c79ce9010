// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
// Agent: what it answers to `spored status`, `config`, `complete`, `reload` and `span`.
#include <fmt/format.h>

#include <utility>

#include "agent/agent.h"
#include "agent/cloud.h"
#include "agent/completion_file.h"
#include "agent/local_settings.h"
#include "config/duration.h"
#include "config/keys.h"
#include "core/text.h"
#include "core/version.h"
#include "handoff/tags.h"
#include "trace/attributes.h"
#include "trace/traceparent.h"

namespace spawn::agent {
namespace {

using core::Code;
using core::Json;

constexpr core::Nanos kPatience = std::chrono::seconds(5);
constexpr std::size_t kMostShellSpans = 1000;

Json text(std::string_view value) { return Json(core::repair_utf8(value)); }
Json number(std::uint64_t value) { return Json(static_cast<std::int64_t>(value)); }

// What processes before this one left: found = exported + dropped + pending.
Json adopted_of(const telemetry::AdoptedStats& adopted) {
  return Json(Json::Object{{"found", number(adopted.found)},
                           {"exported", number(adopted.delivered)},
                           {"dropped", number(adopted.lost + adopted.damaged)},
                           {"pending", number(adopted.waiting)}});
}

// For each: produced = exported + dropped + spooled + pending.
Json exporters_of(const telemetry::Stats& stats) {
  Json::Array exporters;
  for (const telemetry::ExporterStats& exporter : stats.exporters) {
    std::uint64_t lost = 0;
    Json::Object reasons;
    for (const auto& [why, count] : lost_by_reason(exporter)) {
      lost += count;
      reasons.emplace_back(core::repair_utf8(why), number(count));
    }
    exporters.emplace_back(Json::Object{{"name", text(exporter.name)},
                                        {"produced", number(exporter.produced)},
                                        {"exported", number(exporter.delivered)},
                                        {"dropped", number(lost)},
                                        {"dropped_by", Json(std::move(reasons))},
                                        {"spooled", number(exporter.spooled)},
                                        {"pending", number(exporter.waiting - exporter.spooled)},
                                        {"of_predecessors", adopted_of(exporter.adopted)},
                                        {"last_reason", text(exporter.last_reason)}});
  }
  return Json(std::move(exporters));
}

}  // namespace

Answer Agent::handle(const core::Json& request) {
  const std::string_view command = request.text_at("command");
  if (command == "status") return answer_status();
  if (command.starts_with("config-")) return answer_config(request);
  if (command.starts_with("span-")) return answer_span(request);
  if (command == "reload") {
    look_at_settings();
    return Json(Json::Object{});
  }
  if (command == "complete") {
    const auto success = parse_completion_status(request.text_at("status"));
    if (!success) return core::fail(success.error());
    complete(*success ? handoff::status::kCompleted : handoff::status::kFailed,
             std::string(request.text_at("message")));
    return Json(Json::Object{});
  }
  return core::fail(Code::invalid_argument, fmt::format("the agent (version {}) does not know '{}'",
                                                        core::version(), core::visible(command)));
}

Answer Agent::answer_status() {
  const telemetry::Stats stats = tracing_.stats();
  const trace::SpanContext context = context_->active().span;
  const trace::RootSampler* sampling = tracing_.sampling().asked();
  Json::Object tracing{{"on", Json(tracing_.on())},
                       {"sampled", Json(context_->sampled())},
                       {"trace_id", text(context.trace_id.hex())},
                       {"context_source", text(to_string(context_source_))},
                       {"sampling", text(sampling != nullptr ? sampling->state() : "")},
                       {"exporters", exporters_of(stats)}};
  Json::Object status{
      {"version", text(core::version())},
      {"instance_id", text(identity_.instance_id)},
      {"provider", text(identity_.provider())},
      {"region", text(identity_.region)},
      {"launch_id", text(launch_id_ ? launch_id_->text() : "")},
      {"job_array_name", text(settings_->job_array_name.value)},
      {"status", text(status_line())},
      {"age_s",
       Json(std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(facts().age).count()})},
      {"tracing", Json(std::move(tracing))}};
  if (const auto& index = settings_->job_array_index.value) {
    status.emplace_back("job_array_index", Json(*index));
  }
  if (job_) status.emplace_back("command_pid", Json(std::int64_t{job_->pid()}));
  if (job_status_) status.emplace_back("exit_code", Json(std::int64_t{job_status_->shell_code()}));
  return Json(std::move(status));
}

Answer Agent::answer_config(const core::Json& request) {
  if (request.text_at("command") == "config-list") return list_settings(*settings_);
  const std::string name(request.text_at("key"));
  if (request.text_at("command") == "config-set") {
    return set_config(name, std::string(request.text_at("value")));
  }
  return get_setting(*settings_, name);
}

// On an instance its tag, elsewhere its file; then it is in force, if this is an agent that runs.
Answer Agent::set_config(const std::string& name, const std::string& value) {
  const auto checked = checked_setting(name, value, parts_.clock.now().wall_ns);
  if (!checked) return core::fail(checked.error());
  const auto& [key, text_to_write] = *checked;
  auto written = write_setting(*key, text_to_write);
  if (!written) return core::fail(std::move(written.error()));
  // The metadata service shows a tag some seconds later, so it is not asked.
  if (!identity_.is_local) sources_.tags[key->tag()] = text_to_write;
  auto settings = config::resolve(sources_, parts_.env, complaints_);
  if (!settings) return core::fail(std::move(settings.error()));
  if (context_) {
    follow(std::move(*settings));
  } else {
    settings_.emplace(std::move(*settings));
  }
  return get_setting(*settings_, name);
}

core::Status Agent::write_setting(const config::Key& key, const std::string& value) {
  if (identity_.is_local) return edit_settings_file(sources_.file, key, value);
  if (!session_) return core::fail(Code::unavailable, "AWS cannot be called from here");
  const telemetry::Scope quiet(context_ ? context_->quiet() : telemetry::current());
  return write_tag(identity_, *session_, key.tag(), value,
                   core::Deadline::after(parts_.clock, kPatience));
}

Answer Agent::answer_span(const core::Json& request) {
  const std::string_view command = request.text_at("command");
  if (command == "span-start") {
    if (shell_spans_.size() >= kMostShellSpans) {
      return core::fail(Code::invalid_argument,
                        fmt::format("{} spans are open already; end some", kMostShellSpans));
    }
    std::unique_ptr<telemetry::Span> span;
    const auto parent = trace::parse_traceparent(request.text_at("parent"));
    if (parent) {
      trace::SpanContext remote = *parent;
      remote.remote = true;
      if (!tracing_.on()) remote.flags &= static_cast<std::uint8_t>(~trace::kSampled);
      // NOLINTNEXTLINE(modernize-make-unique): a Span cannot be moved into one
      span.reset(new telemetry::Span(
          tracing_.tracer().start_child_of(remote, &context_->extras(), request.text_at("name"))));
    } else {
      span = start_span(request.text_at("name"));
    }
    const trace::SpanContext context = span->context().span;
    const std::string id = context.span_id.hex();
    if (span->recording()) shell_spans_[id] = std::move(span);
    return Json(
        Json::Object{{"id", text(id)}, {"traceparent", text(trace::format_traceparent(context))}});
  }
  const std::string id(request.text_at("id"));
  const auto open = shell_spans_.find(id);
  if (open == shell_spans_.end()) {
    // Of a trace that is not recorded: a script need not know.
    if (!context_->sampled()) return Json(Json::Object{});
    return core::fail(Code::not_found,
                      fmt::format("there is no open span '{}'", core::visible(id)));
  }
  if (command == "span-event") {
    open->second->add_event(request.text_at("name"));
    return Json(Json::Object{});
  }
  if (request.text_at("status") == "error") open->second->set_error(request.text_at("message"));
  open->second->end();
  shell_spans_.erase(open);
  return Json(Json::Object{});
}

}  // namespace spawn::agent
