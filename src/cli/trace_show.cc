// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_show.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/command_line.h"
#include "cli/trace_query.h"
#include "core/text.h"
#include "trace/ids.h"
#include "trace/jsonl.h"
#include "view/breakage.h"
#include "view/critical_path.h"
#include "view/path_text.h"
#include "view/tree.h"
#include "view/waterfall.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kCommand = "spawn trace show";

int say(const core::Error& error, const Parts& parts) {
  parts.err << fmt::format("spawn: {}\n", error.message);
  return core::exit_status(error.code);
}

// {"trace_id", "spans": as JSON lines have them, "critical_path", "breakages"}
std::string as_json(const trace::Trace& trace) {
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  const view::Tree tree = view::build_tree(trace);
  out.lit<R"({"trace_id":)">();
  out.string(trace.id.hex());
  out.lit<R"(,"spans":[)">();
  bool first = true;
  for (const view::TreeRow& row : tree.rows) {
    if (!std::exchange(first, false)) out.lit<",">();
    trace::write_json_line(*row.span, buffer);
    buffer.truncate(buffer.size() - 1);  // the end of its line
  }
  out.lit<R"(],"critical_path":[)">();
  first = true;
  for (const view::PathPiece& piece : view::critical_path(tree)) {
    if (!std::exchange(first, false)) out.lit<",">();
    out.lit<R"({"span_id":)">();
    out.string(tree.rows[piece.row].span->span_id.hex());
    out.lit<R"(,"start_ns":)">();
    out.integer(piece.start_ns);
    out.lit<R"(,"end_ns":)">();
    out.integer(piece.end_ns);
    out.lit<"}">();
  }
  out.lit<R"(],"breakages":[)">();
  first = true;
  for (const view::Breakage& one : view::find_breakages(trace, tree)) {
    if (!std::exchange(first, false)) out.lit<",">();
    out.string(one.text);
  }
  out.lit<"]}\n">();
  return std::string(buffer.view());
}

}  // namespace

void add_show_options(CLI::App& show, ShowOptions& options) {
  show.add_option("ID", options.id, "The trace id: 32 hex digits, or 1-xxxxxxxx-… as X-Ray has it")
      ->required();
  add_source_options(show, options.source);
  show.add_option("--color", options.color, "auto (the default), always, never")->type_name("WHEN");
  show.add_option("-o,--output", options.output, "text (the default), json")->type_name("FORM");
}

tl::expected<trace::Trace, int> read_trace(const std::string& id, const SourceRequest& source,
                                           std::string_view command, const Parts& parts) {
  const auto trace_id = trace::TraceId::from_user(id);
  if (!trace_id) {
    return tl::unexpected(usage_error(parts.err, command,
                                      fmt::format("'{}' is no trace id: expected 32 hex digits, or "
                                                  "1-<8 hex>-<24 hex>",
                                                  id)));
  }
  if (const auto status = check_source(source, command, parts)) return tl::unexpected(*status);
  const auto reader = parts.make_source(source);
  if (!reader) return tl::unexpected(say(reader.error(), parts));
  auto trace = (*reader)->get(*trace_id);
  if (!trace) return tl::unexpected(say(trace.error(), parts));
  for (const std::string& note : trace->notes) parts.err << fmt::format("spawn: {}\n", note);
  return std::move(*trace);
}

int trace_show(const ShowOptions& options, const Parts& parts) {
  const auto color = parse_color_when(options.color);
  if (!color) {
    return usage_error(parts.err, kCommand,
                       fmt::format("--color is auto, always or never, not '{}'", options.color));
  }
  if (options.output != "text" && options.output != "json") {
    return usage_error(parts.err, kCommand,
                       fmt::format("--output: '{}' is none of text, json", options.output));
  }
  const auto trace = read_trace(options.id, options.source, kCommand, parts);
  if (!trace) return trace.error();
  if (options.output == "json") {
    parts.out << as_json(*trace);
    return finish_output(parts.out, parts.err, "spawn");
  }
  const view::WaterfallStyle style = style_for(parts.out_terminal, *color, parts.env);
  parts.out << view::waterfall(*trace, style);
  const std::string path = view::critical_path_text(*trace, style);
  if (!path.empty()) parts.out << '\n' << path;
  return finish_output(parts.out, parts.err, "spawn");
}

}  // namespace spawn::cli
