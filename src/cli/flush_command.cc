// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/flush_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "agent/flush.h"
#include "cli/command_line.h"
#include "cli/traced_command.h"
#include "core/json_write.h"

namespace spawn::cli {
namespace {

void write_json(const telemetry::Stats& stats, std::ostream& out) {
  core::CharBuffer buffer;
  core::JsonWriter json(buffer);
  const auto number = [&](std::uint64_t value) { json.integer(static_cast<std::int64_t>(value)); };
  json.lit<R"({"exporters":[)">();
  bool first = true;
  for (const telemetry::ExporterStats& exporter : stats.exporters) {
    json.plain(first ? R"({"name":)" : R"(,{"name":)");
    first = false;
    json.string(exporter.name);
    json.lit<R"(,"found":)">();
    number(exporter.adopted.found);
    json.lit<R"(,"sent":)">();
    number(exporter.adopted.delivered);
    json.lit<R"(,"lost":)">();
    number(exporter.adopted.lost);
    json.lit<R"(,"damaged":)">();
    number(exporter.adopted.damaged);
    json.lit<R"(,"kept":)">();
    number(exporter.adopted.waiting);
    json.lit<R"(,"reason":)">();
    json.string(exporter.last_reason);
    json.lit<"}">();
  }
  json.lit<R"(],"notes":[)">();
  first = true;
  for (const std::string& note : stats.notes) {
    json.plain(first ? "" : ",");
    first = false;
    json.string(note);
  }
  json.lit<"]}\n">();
  out << buffer.view();
}

void write_text(const telemetry::Stats& stats, std::ostream& out) {
  std::uint64_t found = 0;
  for (const telemetry::ExporterStats& exporter : stats.exporters) {
    const telemetry::AdoptedStats& adopted = exporter.adopted;
    found += adopted.found;
    if (adopted.found == 0) continue;
    out << fmt::format("{}: {} spans sent", exporter.name, adopted.delivered);
    if (adopted.lost > 0) out << fmt::format(", {} lost", adopted.lost);
    if (adopted.damaged > 0) out << fmt::format(", {} damaged on disk", adopted.damaged);
    if (adopted.waiting > 0) out << fmt::format(", {} still kept", adopted.waiting);
    if (!exporter.last_reason.empty()) out << ": " << exporter.last_reason;
    out << "\n";
  }
  if (found == 0) out << "nothing is kept for these exporters\n";
}

}  // namespace

void add_flush_options(CLI::App& flush, FlushOptions& options) {
  add_settings_options(flush, options.settings);
  flush.add_option("--timeout", options.timeout_s, "How long it may take, in seconds (default 30)")
      ->check(CLI::Range(0.0, 86'400.0))
      ->type_name("SECONDS");
  flush.add_option("--output", options.output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORM");
}

agent::ExitStatus flush_command(const FlushOptions& options, const RunStyle& style,
                                const Parts& parts) {
  const auto settings =
      resolved(sources_of(options.settings, style, parts.env), style.program, parts);
  const auto note = [&](const std::string& text) {
    parts.err << fmt::format("{}: {}\n", style.program, text) << std::flush;
  };
  if (!settings) {
    note(settings.error().message);
    return {core::exit_status(settings.error().code), 0};
  }
  const auto stats =
      agent::flush(*settings, {parts.env, parts.clock, parts.rng, parts.make_sinks, note},
                   core::Nanos(static_cast<std::int64_t>(options.timeout_s * 1e9)));
  if (!stats) {
    note(stats.error().message);
    return {core::exit_status(stats.error().code), 0};
  }
  if (options.output == "json") {
    write_json(*stats, parts.out);
  } else {
    write_text(*stats, parts.out);
    for (const std::string& text : stats->notes) note(text);
  }
  const int written = finish_output(parts.out, parts.err, style.program);
  if (written != 0) return {written, 0};
  for (const telemetry::ExporterStats& exporter : stats->exporters) {
    if (exporter.adopted.found != exporter.adopted.delivered) return {1, 0};
  }
  return {0, 0};
}

}  // namespace spawn::cli
