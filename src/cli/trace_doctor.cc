// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "agent/control.h"
#include "agent/places.h"
#include "cli/command_line.h"
#include "config/settings.h"
#include "core/json_write.h"
#include "core/text.h"

namespace spawn::cli {
namespace {

using trace::Finding;
using trace::Findings;
using State = Finding::State;

constexpr std::uintmax_t kMuchSpool = 48U << 20;  // of 64 MB, where the oldest goes

bool exports_to(const config::Settings& settings, config::Exporter exporter) {
  return std::ranges::find(settings.exporters.value, exporter) != settings.exporters.value.end();
}

Finding enabled_of(const config::Settings& settings) {
  const std::string source = settings.enabled.source;
  if (settings.enabled.value) return {"tracing", State::ok, "enabled (" + source + ")", {}};
  return {"tracing", State::problem, "not enabled (" + source + ")",
          "set spawn:tracing-enabled to true (spored config set tracing-enabled true)"};
}

Finding exporter_of(const config::Settings& settings) {
  std::string names;
  for (const config::Exporter exporter : settings.exporters.value) {
    names += (names.empty() ? "" : ", ") + std::string(config::to_string(exporter));
  }
  names += " (" + settings.exporters.source + ")";
  if (exports_to(settings, config::Exporter::none)) {
    return {"exporter", State::problem, names + ": spans go nowhere",
            "set spawn:tracing-exporter to xray"};
  }
  return {"exporter", State::ok, names, {}};
}

// The odds in words: at 0.1, ten runs leave one chance in three that none of them is seen.
Finding sampling_of(const config::Settings& settings) {
  constexpr double kSure = 0.95;
  const double rate = settings.sampling.value.rate.value();
  const std::string source = " (" + settings.sampling.source + ")";
  if (settings.sampling.value.remote) {
    return {"sampling", State::ok, "remote: X-Ray's sampling rules decide" + source, {}};
  }
  if (rate == 0) {
    return {"sampling", State::problem, "0: no trace is ever recorded" + source,
            "set spawn:tracing-sampling above 0; 1 records every trace"};
  }
  if (rate == 1) return {"sampling", State::ok, "1: every trace is recorded" + source, {}};
  const double runs = std::ceil(std::log1p(-kSure) / std::log1p(-rate));
  return {"sampling",
          State::ok,
          fmt::format("{:g}: one trace in {:.4g} is recorded; to see one with 95 % certainty run "
                      "{:.0f} times{}",
                      rate, 1 / rate, runs, source),
          {}};
}

// Of the folder, or of the one that it would be made in.
std::filesystem::path existing(std::filesystem::path folder) {
  std::error_code ignored;
  while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder;
}

// Bytes that wait in it; nothing when it cannot be read.
std::optional<std::uintmax_t> waiting_in(const std::string& folder) {
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const auto kind = at->path().extension();
    std::error_code ignored;
    const std::uintmax_t size = at->file_size(ignored);
    if (!ignored && (kind == ".spool" || kind == ".spans")) bytes += size;
  }
  const bool missing =
      error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  return error && !missing ? std::nullopt : std::optional(bytes);
}

Finding spool_of(const DoctorStyle& style) {
  const std::string folder = core::visible(style.spool);
  const std::filesystem::path there = existing(style.spool);
  if (::access((there / ".").c_str(), W_OK | X_OK) != 0) {
    const int error = errno;
    const std::string why = std::generic_category().message(error);
    // An agent may run as somebody who can.
    if (error == EACCES && style.has_agent) {
      return {"spool", State::unknown, fmt::format("{}: {}", folder, why), {}};
    }
    return {"spool", State::problem,
            fmt::format("{} cannot be written: {}", core::visible(there.string()), why),
            "let it be written to, or what X-Ray does not take at once is lost with its process"};
  }
  const auto bytes = waiting_in(style.spool);
  if (!bytes) return {"spool", State::unknown, folder + " cannot be read", {}};
  std::string size =
      *bytes == 0 ? "empty"
                  : fmt::format("{:.1f} MB wait in {}", static_cast<double>(*bytes) / 1e6, folder);
  std::error_code error;
  const auto space = std::filesystem::space(there, error);
  if (!error && space.available < style.least_free) {
    return {"spool", State::problem,
            fmt::format("{}; {:.1f} MB are free in {}", size,
                        static_cast<double>(space.available) / 1e6, core::visible(there.string())),
            "make room: what X-Ray does not take at once is kept there, or lost with its process"};
  }
  if (*bytes < kMuchSpool) return {"spool", State::ok, std::move(size), {}};
  return {"spool", State::problem, size + "; the oldest spans are dropped at 64 MB",
          "mend what the checks below name, then: spored flush"};
}

std::string text_of(const core::Json& object, std::string_view name) {
  const core::Json* value = object.find(name);
  if (value == nullptr) return {};
  return core::visible(value->string() != nullptr ? *value->string() : value->to_text());
}

// What the agent that runs here has done with its spans.
Finding losses_of(const core::Json& exporter) {
  const auto at = [&](std::string_view name) { return text_of(exporter, name); };
  std::string detail =
      fmt::format("{}: {} spans = {} exported + {} dropped + {} spooled + {} pending", at("name"),
                  at("produced"), at("exported"), at("dropped"), at("spooled"), at("pending"));
  const std::string why = at("last_reason");
  if (!why.empty()) detail += "; last trouble: " + why;
  if (at("dropped") == "0") return {"agent's spans", State::ok, detail, {}};
  const core::Json* reasons = exporter.find("dropped_by");
  for (const auto& [reason, count] : *reasons->object()) {
    detail += fmt::format("; dropped {} {}", count.to_text(), core::visible(reason));
  }
  return {
      "agent's spans", State::problem, detail,
      "what X-Ray refused says how it is cured; a full queue or spool wants X-Ray to be reached "
      "again, or a lower tracing-sampling"};
}

void ask_agent(const Parts& parts, Findings& findings) {
  const core::Json request(core::Json::Object{{"command", core::Json(std::string("status"))}});
  for (const std::string& socket : agent::control_sockets(parts.env)) {
    const auto status = agent::ask_agent(socket, request);
    const core::Json* tracing = status ? status->find("tracing") : nullptr;
    if (tracing == nullptr) continue;
    if (const std::string sampling = text_of(*tracing, "sampling"); !sampling.empty()) {
      findings.push_back({"agent's sampling", State::ok, sampling, {}});
    }
    const core::Json* exporters = tracing->find("exporters");
    if (exporters == nullptr || exporters->array() == nullptr) return;
    for (const core::Json& exporter : *exporters->array()) findings.push_back(losses_of(exporter));
    return;
  }
}

std::string_view word(State state) {
  return state == State::ok ? "ok" : state == State::problem ? "problem" : "unknown";
}

void write_json(const Findings& findings, bool healthy, std::ostream& out) {
  core::CharBuffer buffer;
  core::JsonWriter json(buffer);
  json.lit<R"({"healthy":)">();
  json.boolean(healthy);
  json.lit<R"(,"checks":[)">();
  bool first = true;
  for (const Finding& finding : findings) {
    if (!std::exchange(first, false)) json.lit<",">();
    json.lit<R"({"check":)">();
    json.string(finding.check);
    json.lit<R"(,"state":)">();
    json.string(word(finding.state));
    json.lit<R"(,"detail":)">();
    json.string(finding.detail);
    json.lit<R"(,"cure":)">();
    json.string(finding.cure);
    json.lit<"}">();
  }
  json.lit<"]}\n">();
  out << buffer.view();
}

std::string painted(State state, bool color) {
  std::string text = fmt::format("{:<8}", word(state));
  if (!color) return text;
  const char* code = state == State::ok ? "32" : state == State::problem ? "31" : "33";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void write_text(const Findings& findings, const view::WaterfallStyle& style, std::ostream& out) {
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.check.size());
  for (const Finding& finding : findings) {
    out << fmt::format("{} {:<{}}  {}\n", painted(finding.state, style.color), finding.check, width,
                       finding.detail);
    if (finding.cure.empty()) continue;
    out << fmt::format("{:>{}}  {} {}\n", "", width + 9, style.unicode ? "→" : "->", finding.cure);
  }
}

Findings examine(const DoctorOptions& options, const DoctorStyle& style, const Parts& parts) {
  Findings findings;
  config::Sources sources;
  sources.file = style.config_file;
  sources.tags = style.tags;
  auto named = options.config.empty() ? parts.env.get_non_empty("SPAWN_CONFIG")
                                      : std::optional(options.config);
  if (named) {
    sources.file = *named;
    sources.file_required = true;
  }
  if (!options.endpoint.empty()) sources.flags.endpoint = options.endpoint;
  const auto settings = config::resolve(sources, parts.env);
  if (!settings) {
    findings.push_back({"settings", State::problem, settings.error().message,
                        "mend that line; nothing is traced with wrong settings"});
    return findings;
  }
  findings.push_back(enabled_of(*settings));
  findings.push_back(exporter_of(*settings));
  findings.push_back(sampling_of(*settings));
  if (!style.spool.empty()) findings.push_back(spool_of(style));
  if (style.has_agent) ask_agent(parts, findings);
  if (!exports_to(*settings, config::Exporter::xray)) return findings;
  Findings asked =
      parts.diagnose({"xray", config::xray_url(*settings), options.region, options.profile},
                     settings->sampling.value.remote);
  std::ranges::move(asked, std::back_inserter(findings));
  return findings;
}

}  // namespace

void add_doctor_options(CLI::App& doctor, DoctorOptions& options) {
  doctor
      .add_option("--endpoint", options.endpoint,
                  "Base URL of the X-Ray API, instead of the settings'")
      ->type_name("URL");
  doctor.add_option("--region", options.region, "AWS region")->type_name("NAME");
  doctor.add_option("--profile", options.profile, "Profile of the AWS configuration files")
      ->type_name("NAME");
  doctor.add_option("--config", options.config, "Settings file (YAML)")->type_name("FILE");
  doctor.add_option("--output", options.output, "text (the default), json")->type_name("FORMAT");
  doctor.add_option("--color", options.color, "auto (the default), always, never")
      ->type_name("WHEN");
}

int trace_doctor(const DoctorOptions& options, const DoctorStyle& style, const Parts& parts) {
  const std::string command = style.program + " trace doctor";
  if (options.output != "text" && options.output != "json") {
    return usage_error(parts.err, command,
                       fmt::format("--output is text or json, not '{}'", options.output));
  }
  const auto color = parse_color_when(options.color);
  if (!color) {
    return usage_error(parts.err, command,
                       fmt::format("--color is auto, always or never, not '{}'", options.color));
  }
  const Findings findings = examine(options, style, parts);
  const bool healthy = std::ranges::none_of(
      findings, [](const Finding& finding) { return finding.state == State::problem; });
  if (options.output == "json") {
    write_json(findings, healthy, parts.out);
  } else {
    write_text(findings, style_for(parts.out_terminal, *color, parts.env), parts.out);
  }
  const int written = finish_output(parts.out, parts.err, style.program);
  return written != 0 || healthy ? written : 1;
}

}  // namespace spawn::cli
