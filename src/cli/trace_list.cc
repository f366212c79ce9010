// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_list.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <span>
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

// X-Ray's summaries do not have them.
bool tells_spans(const TraceSummary& trace) { return trace.spans > 0 || !trace.root_name.empty(); }

// Those that told of themselves; X-Ray's summaries list the others too.
std::string services_of(const TraceSummary& trace) {
  if (!tells_spans(trace)) return {};
  std::string names;
  for (const view::Service& service : trace.services) {
    if (service.inferred) continue;
    names += (names.empty() ? "" : ", ") + service.id.name;
  }
  return names;
}

// "…": so far.
std::string duration_of(const TraceSummary& trace, std::int64_t now_ns) {
  if (!trace.is_partial) return view::duration_text(trace.duration_ns);
  return view::duration_text(std::max(trace.duration_ns, now_ns - trace.start_ns)) + "…";
}

core::Json count_of(const TraceSummary& trace, std::size_t count) {
  return tells_spans(trace) ? core::Json(static_cast<std::int64_t>(count)) : core::Json();
}

void add_row(const TraceSummary& trace, std::int64_t now_ns, Table& table) {
  using core::Json;
  table.add({Json(core::rfc3339(trace.start_ns).substr(0, 19) + "Z"),
             Json(duration_of(trace, now_ns)), Json(state_of(trace)), count_of(trace, trace.spans),
             count_of(trace, trace.errors), text_or_null(trace.root_name),
             text_or_null(services_of(trace)), Json(trace.id.xray())});
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

// How many of them a table reads names and spans of: five a call, which takes its time.
constexpr std::size_t kInTable = TraceReading::kAtOnce;

// Ids alone and X-Ray's own JSON have neither names nor numbers of spans.
bool names_and_spans(const OutputOptions& options) { return !options.quiet && !is_json(options); }

void write(const std::vector<TraceSummary>& traces, const OutputOptions& options,
           std::int64_t now_ns, std::ostream& out) {
  const OutputForm form = *form_of(options);
  if (is_json(options) && !options.quiet) {
    return write_json(traces, form == OutputForm::jsonl, out);
  }
  Table table = make_table();
  for (const TraceSummary& trace : traces) add_row(trace, now_ns, table);
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
      if (const auto done = look(interrupt); !done) return {reading_.say(done.error()), 0};
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

  core::Status look(const Interrupt& interrupt) {
    trace::TraceQuery query = reading_.query();
    const std::int64_t now = parts_.clock.now().wall_ns;
    query.start_ns = from_ns_;
    query.end_ns = now;
    std::vector<TraceSummary> found;
    if (auto read = reading_.summaries(query, found); !read) {
      // What is damaged here does not end what else is to be seen.
      if (found.empty() || read.error().code != core::Code::io) return read;
      complain(read.error());
    }
    std::vector<TraceSummary> news;
    std::int64_t oldest_running = now;
    for (TraceSummary& summary : found) {
      if (summary.is_partial) oldest_running = std::min(oldest_running, summary.start_ns);
      const auto [at, is_new] = known_.emplace(summary.id, summary.is_partial);
      const bool ended = !is_new && at->second && !summary.is_partial;
      at->second = summary.is_partial;
      if (is_new || ended) news.push_back(std::move(summary));
    }
    from_ns_ = std::max(from_ns_, std::min(now - kLate.count(), oldest_running));
    std::ranges::reverse(news);
    for (std::span<TraceSummary> left = news; !left.empty() && !interrupt.requested();) {
      const auto some = left.first(std::min(TraceReading::kAtOnce, left.size()));
      if (names_and_spans(options_.output)) complete(some);
      for (const TraceSummary& trace : some) say(trace);
      parts_.out.flush();
      left = left.subspan(some.size());
    }
    return core::ok();
  }

  // What goes wrong is said once: the rows come all the same.
  void complete(std::span<TraceSummary> traces) {
    if (const auto done = reading_.complete(traces); !done) complain(done.error());
  }
  void complain(const core::Error& error) {
    if (error.message == complaint_) return;
    complaint_ = error.message;
    reading_.say(error);
  }

  void say(const TraceSummary& trace) const {
    const OutputForm form = *form_of(options_.output);
    const std::int64_t now_ns = parts_.clock.now().wall_ns;
    if (form != OutputForm::table || options_.output.quiet) {
      OutputOptions one = options_.output;
      if (form == OutputForm::json) one.output = "jsonl";
      one.json = false;
      return write({trace}, one, now_ns, parts_.out);
    }
    parts_.out << fmt::format(
        "{}  {:>8}  {:<8}  {}  {}\n", core::rfc3339(trace.start_ns).substr(11, 8),
        duration_of(trace, now_ns), state_of(trace),
        trace.root_name.empty() ? "-" : core::visible(trace.root_name), trace.id.xray());
  }

  const ListOptions& options_;
  const Parts& parts_;
  TraceReading reading_;
  std::int64_t from_ns_ = 0;
  std::string complaint_;
  std::map<trace::TraceId, bool> known_;  // and whether it ran when it was last seen
};

core::Status complete(std::vector<TraceSummary>& traces, const ListOptions& options,
                      TraceReading& reading, Progress& progress) {
  const bool few = *form_of(options.output) == OutputForm::table;
  const std::size_t count = few ? std::min(kInTable, traces.size()) : traces.size();
  auto done = reading.complete(std::span(traces).first(count), &progress);
  // They know better when they began.
  std::ranges::stable_sort(traces, std::ranges::greater(), &TraceSummary::start_ns);
  return done;
}

void say_what_is_left_out(const std::vector<TraceSummary>& traces, const ListOptions& options,
                          std::ostream& err) {
  if (*form_of(options.output) != OutputForm::table) return;
  if (traces.empty()) err << "spawn: no trace matches\n";
  if (!options.output.quiet && traces.size() > kInTable &&
      !std::ranges::all_of(traces, tells_spans)) {
    err << fmt::format(
        "spawn: names, services and numbers of spans are read of the newest {} only; "
        "--output text reads those of all\n",
        kInTable);
  }
}

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
  std::vector<TraceSummary> traces;
  const auto read = reading.summaries(reading.query(), traces, &progress);
  core::Status completed = core::ok();
  if (names_and_spans(options.output)) completed = complete(traces, options, reading, progress);
  progress.clear();
  if (!read && traces.empty()) return reading.say(read.error());
  write(traces, options.output, parts.clock.now().wall_ns, parts.out);
  const int written = finish_output(parts.out, parts.err, "spawn");
  if (written != 0) return written;
  if (!completed) reading.say(completed.error());
  if (!read) return reading.say(read.error());
  if (!completed) return core::exit_status(completed.error().code);
  say_what_is_left_out(traces, options, parts.err);
  return 0;
}

agent::ExitStatus trace_tail(const ListOptions& options, const Parts& parts) {
  return Tail(options, parts).run();
}

}  // namespace spawn::cli
