// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/run_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/run.h"
#include "cli/command_line.h"
#include "cli/kept_spans.h"
#include "cli/traced_command.h"
#include "config/filter.h"
#include "config/settings.h"
#include "telemetry/filtering_sink.h"
#include "view/waterfall.h"

namespace spawn::cli {
namespace {

constexpr int kNotExecutable = 126;  // POSIX shells, env, nohup: 126 and 127
constexpr int kNotFound = 127;

agent::ExitStatus exit_with(int code) { return {code, 0}; }

bool exports_to(const config::Settings& settings, config::Exporter exporter) {
  return std::ranges::find(settings.exporters.value, exporter) != settings.exporters.value.end();
}

int exit_code_for(const core::Error& error) {
  if (error.code == core::Code::not_found) return kNotFound;
  if (error.code == core::Code::permission_denied) return kNotExecutable;
  return core::exit_status(error.code);
}

void show(KeptSpans& kept, const trace::TraceId& id, const std::string& program,
          const Parts& parts) {
  if (const auto trace = kept.trace(id)) {
    parts.err << view::waterfall(*trace,
                                 style_for(parts.err_terminal, ColorWhen::automatic, parts.env));
  } else {
    parts.err << fmt::format("{}: cannot show the trace: {}\n", program, trace.error().message);
  }
}

std::optional<std::string> joined(const std::vector<std::string>& names,
                                  std::string_view between = ",") {
  if (names.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(names, between));
}

// What is drawn is no less careful than what is sent.
std::unique_ptr<trace::SpanSink> shown_to_a_person(const std::shared_ptr<KeptSpans>& kept,
                                                   const config::Settings& settings) {
  return std::make_unique<telemetry::FilteringSink>(
      KeptSpans::sink_for(kept),
      config::attribute_filter(settings.filter.value, config::Exporter::none,
                               settings.otel.limits));
}

// As the setting has it.
std::optional<std::string> annotations_of(const RunOptions& options) {
  if (options.no_annotations) return "none";
  if (options.annotate_all) return "all";
  return joined(options.annotate);
}

std::string no_command(const RunOptions& options, const RunStyle& style) {
  if (options.stray.empty()) {
    return fmt::format("no command: give it after '--', as in '{} -- aws s3 ls'", style.command);
  }
  return fmt::format("'--' is missing before the command: '{} -- {}'", style.command,
                     fmt::join(options.stray, " "));
}

}  // namespace

config::Sources sources_of(const RunOptions& options, const RunStyle& style, const core::Env& env) {
  config::Sources sources;
  sources.file = style.config_file;
  sources.asked_for_tracing = style.asked_for_tracing;
  sources.tags = style.tags;
  sources.flags = {options.exporter,           options.sampling,
                   options.endpoint,           annotations_of(options),
                   joined(options.log_groups), joined(options.filter, ";")};
  auto named = options.config;
  if (!named) named = env.get_non_empty("SPAWN_CONFIG");
  if (named) {
    sources.file = *named;
    sources.file_required = true;
  }
  return sources;
}

void add_settings_options(CLI::App& run, RunOptions& options) {
  run.add_option(
         "--exporter", options.exporter,
         "Where spans go: xray, otlp, stdout (JSON lines on stderr), none; several with commas")
      ->type_name("NAME");
  run.add_option(
         "--sampling", options.sampling,
         "Which share of traces is recorded, 0.0 to 1.0; or remote: as X-Ray's sampling rules say")
      ->type_name("RATE");
  run.add_option("--endpoint", options.endpoint,
                 "Base URL of the X-Ray API, instead of AWS's own; or of an OTLP receiver")
      ->type_name("URL");
  auto* const keys = run.add_option("--annotate", options.annotate,
                                    "Attribute that can be searched in X-Ray; of the resource "
                                    "with otel.resource. before it. Repeatable");
  keys->type_name("KEY")->allow_extra_args(false);
  auto* const all = run.add_flag("--annotate-all", options.annotate_all,
                                 "Every attribute can be searched, 50 a span at most");
  all->excludes(keys);
  run.add_flag("--no-annotations", options.no_annotations, "None can be searched")
      ->excludes(keys)
      ->excludes(all);
  run.add_option("--log-group", options.log_groups,
                 "CloudWatch log group that X-Ray shows beside the segments. Repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  run.add_option("--filter", options.filter,
                 "What exporters may show of attributes: deny=KEY,…, allow=, mask=, keep=, "
                 "patterns=REGEX, replacement=TEXT; behind xray., otlp. and so on for one alone. "
                 "Secrets are hidden anyway. Repeatable")
      ->type_name("PART=VALUE")
      ->allow_extra_args(false);
  run.add_option("--config", options.config, "Settings file (YAML)")->type_name("FILE");
}

void add_run_options(CLI::App& run, RunOptions& options) {
  run.footer(
      "AWS calls of the command are seen by themselves. Its environment also gets\n"
      "OTEL_EXPORTER_OTLP_ENDPOINT and AWS_XRAY_DAEMON_ADDRESS, unless it says otherwise: what\n"
      "its programs tell by OpenTelemetry or an X-Ray SDK becomes part of the trace.");
  add_settings_options(run, options);
  run.add_option("--name", options.name, "Name of the root span; default: the command's file name")
      ->type_name("TEXT");
  run.add_flag("--show", options.show, "Draw the trace on stderr when the command has ended");
  run.add_option("command", options.stray)->group("");
}

agent::ExitStatus run_command(const RunOptions& options, const RunStyle& style,
                              const std::optional<std::vector<std::string>>& command,
                              const Parts& parts) {
  if (!options.stray.empty() || !command || command->empty()) {
    return exit_with(usage_error(parts.err, style.command, no_command(options, style)));
  }
  config::Sources sources = sources_of(options, style, parts.env);
  sources.rather_untraced = true;
  const auto settings = resolved(sources, style.program, parts);
  if (!settings) {
    parts.err << fmt::format("{}: {}\n", style.program, settings.error().message);
    return exit_with(core::exit_status(settings.error().code));
  }
  const auto kept = std::make_shared<KeptSpans>();
  agent::RunRequest request{style.program, *command, options.name,
                            options.show ? shown_to_a_person(kept, *settings) : nullptr};
  const auto note = [&](const std::string& text) { parts.err << text + "\n" << std::flush; };
  const auto result =
      agent::run(std::move(request), *settings,
                 {parts.env, parts.clock, parts.rng, parts.make_sinks, note, parts.sampling});
  if (!result) {
    parts.err << fmt::format("{}: {}\n", style.program, result.error().message);
    return exit_with(exit_code_for(result.error()));
  }
  if (options.show) {
    show(*kept, result->trace_id, style.program, parts);
  } else if (style.asked_for_tracing && result->exported && result->not_delivered == 0 &&
             !exports_to(*settings, config::Exporter::stdout_)) {
    const bool in_xray = exports_to(*settings, config::Exporter::xray);
    if (in_xray || exports_to(*settings, config::Exporter::local)) {
      note(fmt::format("{0}: trace {1}; see it with: {0} trace show {1}{2}", style.program,
                       result->trace_id.hex(), in_xray ? "" : " --from local"));
    }
  }
  return result->status;
}

}  // namespace spawn::cli
