// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_export.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>

#include "cli/command_line.h"
#include "cli/trace_query.h"
#include "cli/trace_show.h"
#include "core/text.h"
#include "view/duration.h"
#include "view/trace_diff.h"
#include "view/trace_files.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kExport = "spawn trace export";
constexpr std::string_view kDiff = "spawn trace diff";
// After those of Parts::formats.
constexpr std::string_view kViews[] = {"jaeger", "chrome", "html"};

std::vector<std::string_view> formats_of(const Parts& parts) {
  std::vector<std::string_view> names;
  for (const trace::SpanFormat* format : parts.formats) names.push_back(format->name());
  names.insert(names.end(), std::begin(kViews), std::end(kViews));
  return names;
}

void write(const trace::Trace& trace, std::string_view format, const Parts& parts) {
  core::CharBuffer buffer;
  core::JsonWriter json(buffer);
  if (format == "html") {
    parts.out << parts.html(trace);
  } else if (format == "jaeger") {
    view::write_jaeger(trace, json);
    json.lit<"\n">();
  } else if (format == "chrome") {
    view::write_chrome(trace, json);
    json.lit<"\n">();
  } else {
    const auto at = std::ranges::find(parts.formats, format, &trace::SpanFormat::name);
    (*at)->write(trace.spans, {}, buffer);
  }
  parts.out << buffer.view();
}

std::string change_text(std::int64_t ns) {
  const std::string size = view::duration_text(ns < 0 ? -ns : ns);
  return ns == 0 ? "0" : (ns < 0 ? "-" : "+") + size;
}

}  // namespace

void add_export_options(CLI::App& command, ExportOptions& options) {
  command.add_option("ID", options.id, "The trace id")->required();
  command
      .add_option("--format", options.format,
                  "otlp, xray, jsonl; jaeger (its UI opens it), chrome (Perfetto and "
                  "chrome://tracing open it), html (one page that needs nothing else)")
      ->required()
      ->type_name("NAME");
  add_source_options(command, options.source);
}

int trace_export(const ExportOptions& options, const Parts& parts) {
  const auto known = formats_of(parts);
  if (std::ranges::find(known, options.format) == known.end()) {
    const auto near = core::nearest(options.format, known);
    return usage_error(parts.err, kExport,
                       fmt::format("--format: '{}' is none of {}{}", core::visible(options.format),
                                   fmt::join(known, ", "),
                                   near ? fmt::format("; did you mean '{}'?", *near) : ""));
  }
  const auto trace = read_trace(options.id, options.source, kExport, parts);
  if (!trace) return trace.error();
  write(*trace, options.format, parts);
  return finish_output(parts.out, parts.err, "spawn");
}

void add_diff_options(CLI::App& diff, DiffOptions& options) {
  diff.add_option("A", options.a, "The id of the trace before")->required();
  diff.add_option("B", options.b, "The id of the trace after")->required();
  add_source_options(diff, options.source);
  add_output_options(diff, options.output);
}

int trace_diff(const DiffOptions& options, const Parts& parts) {
  if (!form_of(options.output)) return refuse_form(parts.err, kDiff, options.output);
  const auto a = read_trace(options.a, options.source, kDiff, parts);
  if (!a) return a.error();
  const auto b = read_trace(options.b, options.source, kDiff, parts);
  if (!b) return b.error();
  using core::Json;
  const bool table_form = *form_of(options.output) == OutputForm::table;
  const auto time = [&](std::int64_t ns) {
    return table_form ? Json(view::duration_text(ns)) : Json(ns);
  };
  Table table({{"name", "SPAN"},
               {"service", "SERVICE"},
               {"count_a", "COUNT A"},
               {"count_b", "COUNT B"},
               {"self_ns_a", "SELF A"},
               {"self_ns_b", "SELF B"},
               {"change_ns", "CHANGE"},
               {"errors_a", "ERRORS A"},
               {"errors_b", "ERRORS B"}},
              "name");
  for (const view::DiffRow& row : view::compare_traces(*a, *b)) {
    table.add({Json(row.name), text_or_null(row.service), Json(row.a.count), Json(row.b.count),
               time(row.a.self_ns), time(row.b.self_ns),
               table_form ? Json(change_text(row.change_ns())) : Json(row.change_ns()),
               Json(row.a.errors), Json(row.b.errors)});
  }
  table.write(*form_of(options.output), options.output.quiet, parts.out);
  return finish_output(parts.out, parts.err, "spawn");
}

}  // namespace spawn::cli
