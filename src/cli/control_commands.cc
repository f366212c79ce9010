// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/control_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/completion_file.h"
#include "agent/control.h"
#include "agent/local_settings.h"
#include "agent/places.h"
#include "cli/agent_command.h"
#include "cli/command_line.h"
#include "config/duration.h"
#include "config/remarks.h"
#include "core/file.h"
#include "core/text.h"
#include "handoff/tags.h"

namespace spawn::cli {
namespace {

using core::Code;
using core::Json;

constexpr int kNotThere = 3;

Json request_of(std::string_view command,
                std::initializer_list<std::pair<std::string, std::string>> members = {}) {
  Json::Object object{{"command", Json(std::string(command))}};
  for (const auto& [name, value] : members) {
    object.emplace_back(name, Json(core::repair_utf8(value)));
  }
  return Json(std::move(object));
}

// The first agent that answers. Nothing: none runs.
std::optional<agent::Answer> ask(const Json& request, const Parts& parts) {
  for (const std::string& socket : agent::control_sockets(parts.env)) {
    auto answer = agent::ask_agent(socket, request);
    if (answer || answer.error().code != Code::unavailable) return answer;
  }
  return std::nullopt;
}

int fail(const Parts& parts, const core::Error& error) {
  parts.err << fmt::format("spored: {}\n", error.message);
  return core::exit_status(error.code);
}

int no_agent(const Parts& parts) {
  parts.err << fmt::format("spored: no agent runs here (nobody listens on {})\n",
                           fmt::join(agent::control_sockets(parts.env), ", "));
  return kNotThere;
}

int finish(const Parts& parts) { return finish_output(parts.out, parts.err, "spored"); }

// Numbers and texts alike, as a person reads them.
std::string shown(const Json* value) {
  if (value == nullptr) return "";
  if (const std::string* text = value->string()) return core::visible(*text);
  return value->to_text();
}

void show_tracing(const Json& tracing, const Parts& parts) {
  const bool* on = tracing.find("on") != nullptr ? tracing.find("on")->boolean() : nullptr;
  const bool* sampled =
      tracing.find("sampled") != nullptr ? tracing.find("sampled")->boolean() : nullptr;
  const bool is_on = on != nullptr && *on;
  parts.out << fmt::format("tracing     {}\n", !is_on ? "off"
                                               : sampled != nullptr && *sampled
                                                   ? "on"
                                                   : "on, not sampled");
  parts.out << fmt::format("trace       {} (context from: {})\n", shown(tracing.find("trace_id")),
                           shown(tracing.find("context_source")));
  if (const std::string sampling = shown(tracing.find("sampling")); !sampling.empty()) {
    parts.out << fmt::format("sampling    {}\n", sampling);
  }
  const Json* exporters = tracing.find("exporters");
  if (exporters == nullptr || exporters->array() == nullptr) return;
  for (const Json& exporter : *exporters->array()) {
    const std::string reason = shown(exporter.find("last_reason"));
    parts.out << fmt::format(
        "  {:<10}{} spans = {} exported + {} dropped + {} spooled + {} pending{}{}\n",
        shown(exporter.find("name")), shown(exporter.find("produced")),
        shown(exporter.find("exported")), shown(exporter.find("dropped")),
        shown(exporter.find("spooled")), shown(exporter.find("pending")),
        reason.empty() ? "" : ": ", reason);
    const Json* reasons = exporter.find("dropped_by");
    if (reasons == nullptr || reasons->object() == nullptr) continue;
    for (const auto& [why, count] : *reasons->object()) {
      parts.out << fmt::format("    dropped {} {}\n", shown(&count), core::visible(why));
    }
  }
}

int show_status(const ControlOptions& options, const Parts& parts) {
  const auto answer = ask(request_of("status"), parts);
  if (!answer) return no_agent(parts);
  if (!*answer) return fail(parts, answer->error());
  const Json& status = **answer;
  if (options.json || options.output == "json") {
    parts.out << status.to_text() << "\n";
    return finish(parts);
  }
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) parts.out << fmt::format("{:<12}{}\n", name, value);
  };
  line("instance",
       fmt::format("{} ({})", shown(status.find("instance_id")), shown(status.find("provider"))));
  line("status", shown(status.find("status")));
  line("exit status", shown(status.find("exit_code")));
  line("launch", shown(status.find("launch_id")));
  line("index", shown(status.find("job_array_index")));
  const Json* age = status.find("age_s");
  if (age != nullptr && age->integer() != nullptr) {
    line("age", config::format_duration(std::chrono::seconds(*age->integer())));
  }
  if (const Json* tracing = status.find("tracing")) show_tracing(*tracing, parts);
  return finish(parts);
}

// By the agent, or by this process where none runs.
agent::Answer ask_about_settings(const Json& request, const ControlOptions& options,
                                 const Parts& parts) {
  if (!options.config_file) {
    if (auto answer = ask(request, parts)) return std::move(*answer);
  }
  const auto client = parts.make_client();
  agent::Agent nobody(agent_sources(options.config_file, parts.env), agent_parts(parts, *client));
  if (auto found = nobody.find_out(); !found) return core::fail(std::move(found.error()));
  return nobody.handle(request);
}

// What was set and changes nothing is said.
void remark_on(const Json& setting, const Parts& parts) {
  const std::string remark = config::remark_on(setting.text_at("key"));
  if (remark.empty() || setting.text_at("source") == "default") return;
  parts.err << fmt::format("spored: {}\n", remark);
}

int list_config(const Json& settings, const ControlOptions& options, const Parts& parts) {
  for (const Json& setting : *settings.array()) remark_on(setting, parts);
  if (options.json) {
    parts.out << settings.to_text() << "\n";
    return finish(parts);
  }
  std::size_t widest = 0;
  for (const Json& setting : *settings.array()) {
    widest = std::max(widest, shown(setting.find("value")).size());
  }
  widest = std::min<std::size_t>(widest, 40);
  for (const Json& setting : *settings.array()) {
    parts.out << fmt::format("{:<18}{:<{}}  {}\n", shown(setting.find("key")),
                             shown(setting.find("value")), widest, shown(setting.find("source")));
  }
  return finish(parts);
}

int config_command(std::string_view what, const ControlOptions& options, const Parts& parts) {
  const auto answer = ask_about_settings(
      request_of(fmt::format("config-{}", what), {{"key", options.key}, {"value", options.value}}),
      options, parts);
  if (!answer) return fail(parts, answer.error());
  if (what == "list" && answer->array() != nullptr) return list_config(*answer, options, parts);
  if (what == "set") remark_on(*answer, parts);
  if (what == "get" && options.json) {
    parts.out << answer->to_text() << "\n";
  } else if (what == "get") {
    parts.out << answer->text_at("value") << "\n";
  }
  return finish(parts);
}

int reload(const Parts& parts) {
  const auto answer = ask(request_of("reload"), parts);
  if (!answer) return no_agent(parts);
  return *answer ? 0 : fail(parts, answer->error());
}

int complete(const ControlOptions& options, const Parts& parts) {
  if (const auto status = agent::parse_completion_status(options.status); !status) {
    return fail(parts, status.error());
  }
  std::string file = options.file;
  if (file.empty()) {
    const auto answer = ask(
        request_of("complete", {{"status", options.status}, {"message", options.message}}), parts);
    if (answer) return *answer ? 0 : fail(parts, answer->error());
    const auto setting =
        ask_about_settings(request_of("config-get", {{"key", "completion-file"}}), options, parts);
    if (!setting) return fail(parts, setting.error());
    file = setting->text_at("value");
  }
  const auto written =
      core::write_private_file(file, agent::completion_text(options.status, options.message));
  return written ? 0 : fail(parts, written.error());
}

// Of a traceparent the span's id.
std::string span_id_in(const std::string& text) {
  const auto parts = core::split(text, '-');
  return std::string(parts.size() == 4 ? parts[2] : std::string_view(text));
}

int span_command(std::string_view what, const ControlOptions& options, const Parts& parts) {
  const std::string parent = parts.env.get("TRACEPARENT").value_or("");
  const auto answer =
      ask(request_of(fmt::format("span-{}", what), {{"name", options.name},
                                                    {"parent", parent},
                                                    {"id", span_id_in(options.span)},
                                                    {"status", options.span_status},
                                                    {"message", options.message}}),
          parts);
  if (answer && !*answer) return fail(parts, answer->error());
  if (what != "start") return 0;
  parts.out << (answer ? std::string((*answer)->text_at("traceparent")) : parent) << "\n";
  return finish(parts);
}

void add_config_commands(CLI::App& app, ControlOptions& options) {
  CLI::App* config = app.add_subcommand("config", "Show and change the settings in force");
  config->require_subcommand(1);
  CLI::App* get = config->add_subcommand("get", "Print the value of one setting");
  get->add_option("KEY", options.key, "For example tracing-enabled")->required();
  CLI::App* set = config->add_subcommand(
      "set", "Change a setting: on EC2 the instance's tag, elsewhere the settings file");
  set->add_option("KEY", options.key, "For example tracing-sampling")->required();
  set->add_option("VALUE", options.value, "As in the tag or the file")->required();
  CLI::App* list = config->add_subcommand("list", "Print all settings, and where each comes from");
  for (CLI::App* command : {get, set, list}) {
    command->add_option("--config", options.config_file, "Settings file; no agent is asked")
        ->type_name("FILE");
    if (command != set) command->add_flag("--json", options.json, "As JSON");
  }
}

void add_span_commands(CLI::App& app, ControlOptions& options) {
  CLI::App* span = app.add_subcommand("span", "Spans of shell scripts");
  span->require_subcommand(1);
  CLI::App* start = span->add_subcommand(
      "start",
      "Begin a span and print its traceparent:  TRACEPARENT=$(spored span start \"unpack\")");
  start->add_option("NAME", options.name, "What is being done")->required();
  CLI::App* event = span->add_subcommand("event", "Note that something happened in an open span");
  event->add_option("SPAN", options.span, "What 'start' printed")->required();
  event->add_option("NAME", options.name, "What happened")->required();
  CLI::App* end = span->add_subcommand("end", "End a span");
  end->add_option("SPAN", options.span, "What 'start' printed")->required();
  end->add_option("--status", options.span_status, "ok or error")
      ->check(CLI::IsMember({"ok", "error"}));
  end->add_option("--message", options.message, "What went wrong");
}

}  // namespace

void add_control_commands(CLI::App& app, ControlOptions& options) {
  CLI::App* status = app.add_subcommand("status", "Show what the agent of this instance is doing");
  status->add_flag("--json", options.json, "As JSON; the same as --output json");
  status->add_option("--output", options.output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
  add_config_commands(app, options);
  app.add_subcommand("reload", "Have the agent read its settings anew");
  CLI::App* complete = app.add_subcommand("complete", "Say that the work of this instance is done");
  complete->add_option("--status", options.status, "success, failed or partial")
      ->capture_default_str();
  complete->add_option("--message", options.message, "A line for the log");
  complete->add_option("--file", options.file, "Leave it in this file; no agent is asked");
  add_span_commands(app, options);
}

config::Tags tags_of_agent(const Parts& parts) {
  config::Tags tags;
  const auto answer = ask(request_of("config-list"), parts);
  const Json::Array* settings = answer && *answer ? (*answer)->array() : nullptr;
  if (settings == nullptr) return tags;
  for (const Json& setting : *settings) {
    const std::string tag = fmt::format("{}{}", handoff::tag::kPrefix, setting.text_at("key"));
    if (setting.text_at("source") == fmt::format("tag {}", tag)) {
      tags[tag] = setting.text_at("value");
    }
  }
  return tags;
}

std::optional<int> control_command(const CLI::App& app, const ControlOptions& options,
                                   const Parts& parts) {
  const auto typed = app.get_subcommands();
  if (typed.empty()) return std::nullopt;
  const std::string& name = typed.front()->get_name();
  if (name == "status") return show_status(options, parts);
  if (name == "reload") return reload(parts);
  if (name == "complete") return complete(options, parts);
  if (name != "config" && name != "span") return std::nullopt;
  const std::string& what = typed.front()->get_subcommands().front()->get_name();
  return name == "config" ? config_command(what, options, parts)
                          : span_command(what, options, parts);
}

}  // namespace spawn::cli
