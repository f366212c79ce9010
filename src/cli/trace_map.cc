// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_map.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/command_line.h"
#include "cli/trace_show.h"
#include "view/duration.h"
#include "view/service_graph.h"
#include "view/xray_json.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kCommand = "spawn trace map";

void add_row(const view::GraphNode* from, const view::GraphNode& to, const view::Statistics& counts,
             Table& table) {
  using core::Json;
  const Json mean = counts.total == 0
                        ? Json()
                        : Json(view::duration_text(counts.total_response_ns / counts.total));
  table.add({from == nullptr ? Json() : Json(from->client ? std::string("client") : from->id.name),
             Json(to.id.name), text_or_null(to.id.type), Json(counts.total), Json(counts.ok),
             Json(counts.other_errors), Json(counts.throttles), Json(counts.faults), mean});
}

// An edge a row; and a node that nobody is seen to call.
Table table_of(const view::ServiceGraph& graph) {
  Table table({{"from", "FROM"},
               {"to", "TO"},
               {"type", "TYPE"},
               {"calls", "CALLS"},
               {"ok", "OK"},
               {"errors", "ERRORS"},
               {"throttles", "THROTTLES"},
               {"faults", "FAULTS"},
               {"mean", "MEAN"}},
              "to");
  std::vector<bool> called(graph.nodes.size(), false);
  const auto add_edges = [&](bool of_clients) {
    for (const view::GraphNode& node : graph.nodes) {
      if (node.client != of_clients) continue;
      for (const view::GraphEdge& edge : node.edges) {
        called[edge.to] = true;
        add_row(&node, graph.nodes[edge.to], edge.statistics, table);
      }
    }
  };
  add_edges(true);
  add_edges(false);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const view::GraphNode& node = graph.nodes[i];
    if (!called[i] && !node.client) add_row(nullptr, node, node.statistics, table);
  }
  return table;
}

void write(const view::ServiceGraph& graph, const OutputOptions& options, std::ostream& out) {
  const OutputForm form = *form_of(options);
  if (form == OutputForm::table || form == OutputForm::text || options.quiet) {
    return table_of(graph).write(form, options.quiet, out);
  }
  core::CharBuffer buffer;
  core::JsonWriter json(buffer);
  json.lit<R"({"Services":)">();
  view::write_services(graph, json);
  json.lit<"}\n">();
  out << buffer.view();
}

// The exit status when it failed.
std::optional<int> add_one(const MapOptions& options, const Parts& parts,
                           view::ServiceGraphBuilder& graph) {
  const auto trace = read_trace(options.trace, options.query.source, kCommand, parts);
  if (!trace) return trace.error();
  graph.add(parts.summarize(*trace));
  return std::nullopt;
}

}  // namespace

void add_map_options(CLI::App& map, MapOptions& options) {
  add_query_options(map, options.query);
  map.add_option("--trace", options.trace, "Only this trace")->type_name("ID");
  add_output_options(map, options.output);
}

int trace_map(const MapOptions& options, const Parts& parts) {
  if (!form_of(options.output)) return refuse_form(parts.err, kCommand, options.output);
  TraceReading reading(kCommand, options.query, parts);
  if (const auto status = reading.prepare()) return *status;
  view::ServiceGraphBuilder builder;
  core::Status read = core::ok();
  if (options.trace.empty()) {
    read = reading.for_each_summary([&](const auto& summary) { builder.add(summary); });
  } else if (const auto failed = add_one(options, parts, builder)) {
    return *failed;
  }
  const view::ServiceGraph graph = builder.build();
  if (!read && graph.nodes.empty()) return reading.say(read.error());
  write(graph, options.output, parts.out);
  const int written = finish_output(parts.out, parts.err, "spawn");
  return written == 0 && !read ? reading.say(read.error()) : written;
}

}  // namespace spawn::cli
