// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_list.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "core/text.h"
#include "core/time_text.h"
#include "view/duration.h"
#include "view/xray_json.h"

namespace spawn::cli {
namespace {

using view::TraceSummary;

constexpr std::string_view kList = "spawn trace list";
constexpr std::string_view kTail = "spawn trace tail";

Table make_table() {
  return Table({{"started", "STARTED"},
                {"duration", "DURATION"},
                {"state", "STATE"},
                {"spans", "SPANS"},
                {"errors", "ERRORS"},
                {"name", "NAME"},
                {"services", "SERVICES"},
                {"id", "ID"}},
               "id");
}

std::string state_of(const TraceSummary& trace) {
  std::string state = trace.has_fault      ? "fault"
                      : trace.has_throttle ? "throttle"
                      : trace.has_error    ? "error"
                                           : "ok";
  if (trace.is_partial) state += ", running";
  return state;
}

// Those that told of themselves.
std::string services_of(const TraceSummary& trace) {
  std::string names;
  for (const view::Service& service : trace.services) {
    if (service.inferred) continue;
    names += (names.empty() ? "" : ", ") + service.id.name;
  }
  return names;
}

// X-Ray's summaries do not have them.
bool tells_spans(const TraceSummary& trace) { return trace.spans > 0 || !trace.root_name.empty(); }

core::Json count_of(const TraceSummary& trace, std::size_t count) {
  return tells_spans(trace) ? core::Json(static_cast<std::int64_t>(count)) : core::Json();
}

void add_row(const TraceSummary& trace, Table& table) {
  using core::Json;
  table.add({Json(core::rfc3339(trace.start_ns).substr(0, 19) + "Z"),
             Json(view::duration_text(trace.duration_ns)), Json(state_of(trace)),
             count_of(trace, trace.spans), count_of(trace, trace.errors),
             text_or_null(trace.root_name), text_or_null(services_of(trace)),
             Json(trace.id.xray())});
}

// As X-Ray's API tells them: one object, or one summary a line.
void write_json(const std::vector<TraceSummary>& traces, bool lines, std::ostream& out) {
  core::CharBuffer buffer;
  core::JsonWriter json(buffer);
  if (!lines) json.lit<R"({"TraceSummaries":[)">();
  for (std::size_t i = 0; i < traces.size(); ++i) {
    if (i > 0 && !lines) json.lit<",">();
    view::write_summary(traces[i], json);
    if (lines) json.lit<"\n">();
  }
  if (!lines) json.lit<"]}\n">();
  out << buffer.view();
}

bool is_json(const OutputOptions& options) {
  const OutputForm form = *form_of(options);
  return form == OutputForm::json || form == OutputForm::jsonl;
}

// Ids alone and X-Ray's own JSON have neither names nor numbers of spans.
bool names_and_spans(const OutputOptions& options) { return !options.quiet && !is_json(options); }

void write(const std::vector<TraceSummary>& traces, const OutputOptions& options,
           std::ostream& out) {
  const OutputForm form = *form_of(options);
  if (is_json(options) && !options.quiet) {
    return write_json(traces, form == OutputForm::jsonl, out);
  }
  Table table = make_table();
  for (const TraceSummary& trace : traces) add_row(trace, table);
  table.write(form, options.quiet, out);
}

// Looks again every two seconds, at what began lately and at what had not ended.
class Tail {
 public:
  Tail(const ListOptions& options, const Parts& parts)
      : options_(options), parts_(parts), reading_(kTail, options.query, parts) {}

  agent::ExitStatus run() {
    if (!form_of(options_.output)) return {refuse_form(parts_.err, kTail, options_.output), 0};
    if (const auto status = reading_.prepare()) return {*status, 0};
    from_ns_ = reading_.query().start_ns;
    Interrupt interrupt;
    for (;;) {
      if (const auto done = look(); !done) return {reading_.say(done.error()), 0};
      for (core::Nanos waited{0}; waited < kPause && !interrupt.requested(); waited += kStep) {
        parts_.clock.sleep_for(kStep);
      }
      if (const int signal = interrupt.take(); signal != 0) return {0, signal};
    }
  }

 private:
  static constexpr core::Nanos kPause = std::chrono::seconds(2);
  static constexpr core::Nanos kStep = std::chrono::milliseconds(100);
  // X-Ray shows a trace some time after it began.
  static constexpr core::Nanos kLate = std::chrono::minutes(5);

  core::Status look() {
    trace::TraceQuery query = reading_.query();
    const std::int64_t now = parts_.clock.now().wall_ns;
    query.start_ns = from_ns_;
    query.end_ns = now;
    auto found = reading_.summaries(query);
    if (!found) return core::fail(std::move(found.error()));
    std::vector<TraceSummary> news;
    std::int64_t oldest_running = now;
    for (TraceSummary& summary : *found) {
      if (summary.is_partial) oldest_running = std::min(oldest_running, summary.start_ns);
      const auto [at, is_new] = known_.emplace(summary.id, summary.is_partial);
      const bool ended = !is_new && at->second && !summary.is_partial;
      at->second = summary.is_partial;
      if (is_new || ended) news.push_back(std::move(summary));
    }
    from_ns_ = std::max(from_ns_, std::min(now - kLate.count(), oldest_running));
    if (names_and_spans(options_.output)) {
      if (auto done = reading_.complete(news); !done) return done;
    }
    std::ranges::reverse(news);
    for (const TraceSummary& trace : news) say(trace);
    parts_.out.flush();
    return core::ok();
  }

  void say(const TraceSummary& trace) const {
    const OutputForm form = *form_of(options_.output);
    if (form != OutputForm::table || options_.output.quiet) {
      OutputOptions one = options_.output;
      if (form == OutputForm::json) one.output = "jsonl";
      one.json = false;
      return write({trace}, one, parts_.out);
    }
    parts_.out << fmt::format("{}  {:>8}  {:<8}  {}  {}\n",
                              core::rfc3339(trace.start_ns).substr(11, 8),
                              view::duration_text(trace.duration_ns), state_of(trace),
                              core::visible(trace.root_name), trace.id.xray());
  }

  const ListOptions& options_;
  const Parts& parts_;
  TraceReading reading_;
  std::int64_t from_ns_ = 0;
  std::map<trace::TraceId, bool> known_;  // and whether it ran when it was last seen
};

}  // namespace

void add_trace_list_options(CLI::App& list, ListOptions& options) {
  add_query_options(list, options.query);
  add_output_options(list, options.output);
}

int trace_list(const ListOptions& options, const Parts& parts) {
  if (!form_of(options.output)) return refuse_form(parts.err, kList, options.output);
  TraceReading reading(kList, options.query, parts);
  if (const auto status = reading.prepare()) return *status;
  Progress progress(parts.err_terminal, parts.err);
  progress.say("reading traces");
  auto traces = reading.summaries(reading.query(), &progress);
  core::Status done = core::ok();
  if (traces && names_and_spans(options.output)) done = reading.complete(*traces);
  progress.clear();
  if (!traces) return reading.say(traces.error());
  if (!done) return reading.say(done.error());
  write(*traces, options.output, parts.out);
  if (traces->empty() && *form_of(options.output) == OutputForm::table) {
    parts.err << "spawn: no trace matches\n";
  }
  if (names_and_spans(options.output) && traces->size() > TraceReading::kWhole &&
      !std::ranges::all_of(*traces, tells_spans)) {
    parts.err << fmt::format(
        "spawn: names and numbers of spans are read of the newest {} only; a narrower filter or "
        "--since has those of others\n",
        TraceReading::kWhole);
  }
  return finish_output(parts.out, parts.err, "spawn");
}

agent::ExitStatus trace_tail(const ListOptions& options, const Parts& parts) {
  return Tail(options, parts).run();
}

}  // namespace spawn::cli
