// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_show.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "core/url.h"
#include "trace/ids.h"
#include "view/waterfall.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kCommand = "spawn trace show";

int say(const core::Error& error, const Parts& parts) {
  parts.err << fmt::format("spawn: {}\n", error.message);
  return core::exit_status(error.code);
}

}  // namespace

void add_show_options(CLI::App& show, ShowOptions& options) {
  show.add_option("ID", options.id, "The trace id: 32 hex digits, or 1-xxxxxxxx-… as X-Ray has it")
      ->required();
  show.add_option("--from", options.source.from,
                  "Where to read it: xray (the default), or a file of JSON lines")
      ->type_name("xray|FILE");
  show.add_option("--endpoint", options.source.endpoint,
                  "Base URL of the X-Ray API, instead of AWS's own")
      ->type_name("URL");
  show.add_option("--region", options.source.region, "AWS region")->type_name("NAME");
  show.add_option("--profile", options.source.profile, "Profile of the AWS configuration files")
      ->type_name("NAME");
  show.add_option("--color", options.color, "auto (the default), always, never")->type_name("WHEN");
}

int trace_show(const ShowOptions& options, const Parts& parts) {
  const auto id = trace::TraceId::from_user(options.id);
  if (!id) {
    return usage_error(parts.err, kCommand,
                       fmt::format("'{}' is no trace id: expected 32 hex digits, or "
                                   "1-<8 hex>-<24 hex>",
                                   options.id));
  }
  const auto color = parse_color_when(options.color);
  if (!color) {
    return usage_error(parts.err, kCommand,
                       fmt::format("--color is auto, always or never, not '{}'", options.color));
  }
  if (!options.source.endpoint.empty()) {
    if (const auto url = core::Url::parse(options.source.endpoint); !url) {
      return usage_error(parts.err, kCommand, "--endpoint: " + url.error().message);
    }
  }
  const auto source = parts.make_source(options.source);
  if (!source) return say(source.error(), parts);
  const auto trace = (*source)->get(*id);
  if (!trace) return say(trace.error(), parts);
  for (const std::string& note : trace->notes) parts.err << fmt::format("spawn: {}\n", note);
  parts.out << view::waterfall(*trace, style_for(parts.out_terminal, *color, parts.env));
  return finish_output(parts.out, parts.err, "spawn");
}

}  // namespace spawn::cli
