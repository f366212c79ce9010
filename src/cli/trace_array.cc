// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_array.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "cli/command_line.h"
#include "core/text.h"
#include "view/array_rows.h"
#include "view/duration.h"

namespace spawn::cli {
namespace {

using core::Json;
using view::ArrayMember;

constexpr std::string_view kCommand = "spawn trace array";

// Quoted as filter expressions want it.
std::string filter_for(std::string_view array_id) {
  std::string quoted;
  for (const char c : array_id) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("annotation.spawn_job_array_id = \"{}\"", quoted);
}

std::string state_of(const ArrayMember& member) {
  std::string state = member.failed() ? "failed" : member.all.open ? "running" : "ok";
  if (member.straggler) state += ", slow";
  return state;
}

Json took(const view::ArrayPhase& phase, std::int64_t now_ns) {
  if (!phase.any) return {};
  return Json(view::duration_text(phase.took_ns(now_ns)) + (phase.open ? "…" : ""));
}

Table table_of(const std::vector<ArrayMember>& members, std::int64_t now_ns) {
  Table table({{"index", "MEMBER"},
               {"state", "STATE"},
               {"exit_code", "EXIT"},
               {"took", "TOOK"},
               {"boot", "BOOT"},
               {"run", "RUN"},
               {"upload", "UPLOAD"},
               {"retries", "RETRIES"},
               {"interruptions", "INTERRUPTED"},
               {"instance", "INSTANCE"},
               {"trace", "TRACE"}},
              "instance");
  for (const ArrayMember& member : members) {
    table.add({member.index ? Json(*member.index) : Json(), Json(state_of(member)),
               member.exit_code ? Json(*member.exit_code) : Json(), took(member.all, now_ns),
               took(member.boot, now_ns), took(member.run, now_ns), took(member.upload, now_ns),
               Json(member.retries), Json(member.interruptions), Json(member.instance),
               Json(member.trace.xray())});
  }
  return table;
}

// As the page's API tells it: one object, or a member a line.
void write_json(const std::string& id, const std::vector<ArrayMember>& members, bool lines,
                std::ostream& out) {
  Json::Array list;
  for (const ArrayMember& member : members) {
    if (lines) out << to_json(member).to_text() << '\n';
    list.push_back(to_json(member));
  }
  if (lines) return;
  out << Json(Json::Object{{"id", Json(id)}, {"members", Json(std::move(list))}}).to_text() << '\n';
}

}  // namespace

void add_array_options(CLI::App& array, ArrayOptions& options) {
  array.add_option("ID", options.id, "The job array's id, as spawn launch and spawn list print it")
      ->required();
  add_range_options(array, options.query);
  add_output_options(array, options.output);
}

int trace_array(const ArrayOptions& options, const Parts& parts) {
  const auto form = form_of(options.output);
  if (!form) return refuse_form(parts.err, kCommand, options.output);
  if (!core::is_valid_utf8(options.id) || options.id.empty()) {
    return usage_error(parts.err, kCommand, "ID: expected the id of a job array");
  }
  QueryOptions query = options.query;
  query.filter = filter_for(options.id);
  TraceReading reading(kCommand, query, parts);
  if (const auto status = reading.prepare()) return *status;
  view::ArrayRows rows(options.id);
  const auto read = reading.for_each([&](const trace::Trace& trace) { rows.add(trace); });
  const std::int64_t now_ns = parts.clock.now().wall_ns;
  const auto members = rows.members(now_ns);
  if (members.empty()) {
    if (!read) return reading.say(read.error());
    return reading.say({core::Code::not_found,
                        fmt::format("no trace in this time is of a job array '{}'; --since looks "
                                    "further back",
                                    options.id)});
  }
  const bool json = *form == OutputForm::json || *form == OutputForm::jsonl;
  if (json && !options.output.quiet) {
    write_json(options.id, members, *form == OutputForm::jsonl, parts.out);
  } else {
    table_of(members, now_ns).write(*form, options.output.quiet, parts.out);
  }
  const int written = finish_output(parts.out, parts.err, "spawn");
  return written == 0 && !read ? reading.say(read.error()) : written;
}

}  // namespace spawn::cli
