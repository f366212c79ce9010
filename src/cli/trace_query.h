// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the commands about many traces share: which source, which time, which filter expression; and
// reading them one by one, with progress on a terminal.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/parts.h"
#include "cli/progress.h"
#include "trace/source.h"
#include "view/filter.h"
#include "view/summary.h"

namespace CLI {
class App;
}

namespace spawn::cli {

// --from --endpoint --region --profile
void add_source_options(CLI::App& command, SourceRequest& source);
// Nothing when all is well; else it was said, and this is the exit status.
std::optional<int> check_source(const SourceRequest& source, std::string_view command,
                                const Parts& parts);

struct QueryOptions {
  SourceRequest source{"xray", {}, {}, {}};
  std::string filter;
  std::string since;  // "": an hour, of a file all
  std::string until;
};
// --since --until, and where from.
void add_range_options(CLI::App& command, QueryOptions& options);
// FILTER, and those.
void add_query_options(CLI::App& command, QueryOptions& options);

class TraceReading {
 public:
  TraceReading(std::string_view command, const QueryOptions& options, const Parts& parts);

  // Looks at the options; what is wrong with them was said, and this is the exit status.
  std::optional<int> prepare();
  // Calls f for every trace that is meant; from the store of this machine no other is read. With an
  // error f got those that could be read.
  using Each = std::function<void(trace::Trace trace)>;
  core::Status for_each(const Each& f);
  // The same of their summaries with all visits, for what is counted: from the store none is read
  // whole.
  using EachSummary = view::SummarySource::Found;
  core::Status for_each_summary(const EachSummary& f);
  // Their summaries, newest first. No trace is read whole, but of a file. With an error those that
  // could be read are there all the same.
  core::Status summaries(const trace::TraceQuery& query, std::vector<view::TraceSummary>& found,
                         Progress* progress = nullptr);
  // Adds what X-Ray's summaries leave out, kAtOnce traces at a time. With an error some stay as
  // they were.
  static constexpr std::size_t kAtOnce = 100;
  core::Status complete(std::span<view::TraceSummary> summaries, Progress* progress = nullptr);
  [[nodiscard]] const trace::TraceQuery& query() const { return query_; }
  int say(const core::Error& error) const;

 private:
  using EachRead = std::function<void(trace::Trace trace, view::TraceSummary summary)>;
  [[nodiscard]] bool of_file() const;
  core::Status read(const trace::TraceQuery& query, const EachRead& f);
  core::Status read_found(const Each& f);
  core::Status find(const trace::TraceQuery& query, const EachSummary& f);
  core::Status parse_times();
  std::optional<int> parse_filter();

  std::string command_;
  const QueryOptions& options_;
  const Parts& parts_;
  trace::TraceQuery query_;
  std::optional<view::Filter> filter_;              // none: only the source understands it
  std::unique_ptr<view::SummarySource> summaries_;  // none: of a file, or not yet asked
};

}  // namespace spawn::cli
