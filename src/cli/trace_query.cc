// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_query.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <utility>

#include "cli/command_line.h"
#include "config/duration.h"
#include "core/text.h"
#include "core/time_text.h"
#include "core/url.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kDefaultSince = "1h";

// "1h" ago, or a time.
std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_ns) {
  if (const auto ago = config::parse_duration(text)) return now_ns - ago->count();
  return core::parse_rfc3339(text);
}

// Most of it, and for filters and maps alone.
void drop_visits(view::TraceSummary& summary) {
  summary.visits = {};
  summary.details = {};
}

}  // namespace

void add_source_options(CLI::App& command, SourceRequest& source) {
  command
      .add_option(
          "--from", source.from,
          "Where to read: xray (the default), local (this machine), or a file of JSON lines")
      ->type_name("xray|local|FILE");
  command
      .add_option("--endpoint", source.endpoint, "Base URL of the X-Ray API, instead of AWS's own")
      ->type_name("URL");
  command.add_option("--region", source.region, "AWS region")->type_name("NAME");
  command.add_option("--profile", source.profile, "Profile of the AWS configuration files")
      ->type_name("NAME");
}

std::optional<int> check_source(const SourceRequest& source, std::string_view command,
                                const Parts& parts) {
  if (source.endpoint.empty()) return std::nullopt;
  const auto url = core::Url::parse(source.endpoint);
  if (url) return std::nullopt;
  return usage_error(parts.err, command, "--endpoint: " + url.error().message);
}

void add_query_options(CLI::App& command, QueryOptions& options) {
  command.add_option("FILTER", options.filter,
                     "Only these, in X-Ray's grammar: 'fault AND responsetime > 5', "
                     "'service(\"spored\") { error }', 'annotation.spawn_job_array_id = "
                     "\"…\"'");
  add_range_options(command, options);
}

void add_range_options(CLI::App& command, QueryOptions& options) {
  command
      .add_option("--since", options.since,
                  "What began since then: 30m, 2h, 1d ago or a time like "
                  "2026-01-02T03:04:05Z (an "
                  "hour ago; of a file all)")
      ->type_name("TIME");
  command.add_option("--until", options.until, "What began until then (now)")->type_name("TIME");
  add_source_options(command, options.source);
}

TraceReading::TraceReading(std::string_view command, const QueryOptions& options,
                           const Parts& parts)
    : command_(command), options_(options), parts_(parts) {}

int TraceReading::say(const core::Error& error) const {
  parts_.err << fmt::format("spawn: {}\n", core::visible(error.message));
  return core::exit_status(error.code);
}

bool TraceReading::of_file() const {
  return options_.source.from != "xray" && options_.source.from != "local";
}

core::Status TraceReading::parse_times() {
  const std::int64_t now = parts_.clock.now().wall_ns;
  const bool file = of_file();
  const struct {
    const char* name;
    std::string text;
    std::int64_t& to;
  } times[] = {
      {"--since", options_.since.empty() && !file ? std::string(kDefaultSince) : options_.since,
       query_.start_ns},
      {"--until", options_.until.empty() && !file ? "0s" : options_.until, query_.end_ns}};
  for (const auto& [name, text, to] : times) {
    if (text.empty()) continue;
    const auto time = parse_time(text, now);
    if (!time) {
      return core::fail(core::Code::invalid_argument,
                        fmt::format("{}: '{}' is no time; expected 30m, 2h, 1d or "
                                    "2026-01-02T03:04:05Z",
                                    name, core::visible(text)));
    }
    to = *time;
  }
  if (query_.start_ns > query_.end_ns) {
    return core::fail(core::Code::invalid_argument, "--since is later than --until");
  }
  return core::ok();
}

// X-Ray may know more than we do; a typo is one for it, too.
std::optional<int> TraceReading::parse_filter() {
  query_.filter = options_.filter;
  if (const auto id = trace::TraceId::from_user(options_.filter)) {
    return usage_error(parts_.err, command_,
                       fmt::format("FILTER: this is the id of a trace; 'spawn trace show {}' "
                                   "shows it",
                                   id->xray()));
  }
  auto filter = view::Filter::parse(options_.filter);
  if (filter) {
    filter_ = std::move(*filter);
  } else if (!(filter.error().unsupported && options_.source.from == "xray")) {
    parts_.err << fmt::format("{}: FILTER: {}\n", command_,
                              view::explain(options_.filter, filter.error()));
    return kUsageError;
  }
  return std::nullopt;
}

std::optional<int> TraceReading::prepare() {
  if (const auto status = check_source(options_.source, command_, parts_)) return status;
  if (const auto times = parse_times(); !times) {
    return usage_error(parts_.err, command_, times.error().message);
  }
  return parse_filter();
}

core::Status TraceReading::read(const trace::TraceQuery& query, const EachRead& f) {
  auto source = parts_.make_source(options_.source);
  if (!source) return core::fail(std::move(source.error()));
  const bool asks = !(*source)->filters() && filter_.has_value();
  return (*source)->find(query, [&](trace::Trace trace) {
    view::TraceSummary summary = parts_.summarize(trace);
    if (!asks || filter_->matches(summary)) f(std::move(trace), std::move(summary));
    return true;
  });
}

core::Status TraceReading::find(const trace::TraceQuery& query, const EachSummary& f) {
  if (of_file()) {
    return read(query, [&](const trace::Trace&, auto summary) { f(std::move(summary)); });
  }
  auto source = parts_.make_summaries(options_.source);
  if (!source) return core::fail(std::move(source.error()));
  summaries_ = std::move(*source);
  const bool asks = !summaries_->filters() && filter_.has_value();
  return summaries_->find(query, [&](view::TraceSummary summary) {
    if (!asks || filter_->matches(summary)) f(std::move(summary));
  });
}

core::Status TraceReading::summaries(const trace::TraceQuery& query,
                                     std::vector<view::TraceSummary>& found, Progress* progress) {
  constexpr std::size_t kStep = 100;
  auto done = find(query, [&](view::TraceSummary summary) {
    drop_visits(summary);
    found.push_back(std::move(summary));
    if (progress == nullptr || found.size() % kStep != 0) return;
    progress->say(fmt::format("reading traces: {}", found.size()));
  });
  std::ranges::stable_sort(found, std::ranges::greater(), &view::TraceSummary::start_ns);
  return done;
}

core::Status TraceReading::complete(std::span<view::TraceSummary> summaries, Progress* progress) {
  if (!summaries_) return core::ok();
  for (std::size_t at = 0; at < summaries.size(); at += kAtOnce) {
    if (progress != nullptr) {
      progress->say(fmt::format("reading names and spans: {} of {}", at, summaries.size()));
    }
    const auto some = summaries.subspan(at, std::min(kAtOnce, summaries.size() - at));
    auto done = summaries_->complete(some);
    std::ranges::for_each(some, drop_visits);
    if (!done) {
      return core::fail(std::move(done.error()).while_("names and spans could not be read"));
    }
  }
  return core::ok();
}

core::Status TraceReading::read_found(const Each& f) {
  std::vector<view::TraceSummary> found;
  auto done = summaries(query_, found);
  auto source = parts_.make_source(options_.source);
  if (!source) return core::fail(std::move(source.error()));
  for (const view::TraceSummary& summary : found) {
    auto trace = (*source)->get(summary.id);
    // Its time may have come meanwhile.
    if (!trace && trace.error().code != core::Code::not_found) {
      return core::fail(std::move(trace.error()));
    }
    if (trace) f(std::move(*trace));
  }
  return done;
}

core::Status TraceReading::for_each(const Each& f) {
  Progress progress(parts_.err_terminal, parts_.err);
  std::size_t count = 0;
  progress.say("reading traces");
  const auto each = [&](trace::Trace trace) {
    progress.say(fmt::format("reading traces: {}", ++count));
    f(std::move(trace));
  };
  if (options_.source.from == "local") return read_found(each);
  return read(query_, [&](trace::Trace trace, const auto&) { each(std::move(trace)); });
}

core::Status TraceReading::for_each_summary(const EachSummary& f) {
  Progress progress(parts_.err_terminal, parts_.err);
  std::size_t count = 0;
  progress.say("reading traces");
  const auto each = [&](view::TraceSummary summary) {
    progress.say(fmt::format("reading traces: {}", ++count));
    f(std::move(summary));
  };
  // X-Ray's summaries have no visits.
  if (options_.source.from != "xray") return find(query_, each);
  return read(query_, [&](const trace::Trace&, auto summary) { each(std::move(summary)); });
}

}  // namespace spawn::cli
