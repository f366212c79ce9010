// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/trace_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "core/text.h"
#include "server/fields.h"
#include "view/service_graph.h"
#include "view/xray_json.h"

namespace spawn::server {
namespace {

using core::Json;
using core::JsonWriter;

constexpr std::size_t kMaxTraceIds = 5;  // of a trace graph, as of BatchGetTraces
constexpr std::size_t kSummariesAPage = 100;

struct Range {
  std::int64_t from_ns = 0;
  std::int64_t until_ns = 0;
};

core::Result<Range> range_of(const Json& request) {
  const auto start = number_at(request, "StartTime");
  const auto end = number_at(request, "EndTime");
  if (!start || !end) {
    return core::fail(core::Code::invalid_argument, "StartTime and EndTime are required");
  }
  if (*start > *end) {
    return core::fail(core::Code::invalid_argument, "StartTime must not be after EndTime");
  }
  return Range{to_ns(*start), to_ns(*end)};
}

core::Result<view::Filter> filter_of(std::string_view expression,
                                     const view::FindGroup& find_group) {
  auto filter = view::Filter::parse(expression, find_group);
  if (filter) return std::move(*filter);
  return core::fail(core::Code::invalid_argument,
                    fmt::format("FilterExpression: {} (at byte {})",
                                core::visible(filter.error().message), filter.error().at));
}

// The expression of the group that a request names; "" where it names none.
core::Result<std::string> group_of(const Json& request, const view::FindGroup& find_group) {
  std::string name(request.text_at("GroupName"));
  if (name.empty()) name = request.text_at("GroupARN");
  if (name.empty()) return std::string();
  if (auto expression = find_group(name)) return *expression;
  return core::fail(core::Code::invalid_argument,
                    fmt::format("there is no group '{}'", core::visible(name)));
}

std::string graph_json(const view::ServiceGraph& graph, const Range& range) {
  core::CharBuffer buffer;
  JsonWriter out(buffer);
  out.lit<R"({"Services":)">();
  view::write_services(graph, out);
  out.lit<R"(,"StartTime":)">();
  out.real(to_seconds(range.from_ns));
  out.lit<R"(,"EndTime":)">();
  out.real(to_seconds(range.until_ns));
  out.lit<R"(,"ContainsOldGroupVersions":false})">();
  return std::string(buffer.view());
}

// Statistics of a period: of all edges of a graph, or of all services.
struct Sum {
  view::Statistics statistics;
  std::map<std::int64_t, std::int64_t> histogram;

  void add(const view::Statistics& of, const std::vector<view::HistogramEntry>& bars) {
    statistics.total += of.total;
    statistics.ok += of.ok;
    statistics.throttles += of.throttles;
    statistics.other_errors += of.other_errors;
    statistics.faults += of.faults;
    statistics.total_response_ns += of.total_response_ns;
    for (const view::HistogramEntry& bar : bars) histogram[bar.milliseconds] += bar.count;
  }
  [[nodiscard]] std::vector<view::HistogramEntry> bars() const {
    std::vector<view::HistogramEntry> all;
    for (const auto& [milliseconds, count] : histogram) all.push_back({milliseconds, count});
    return all;
  }
};

Sum sum_of(const view::ServiceGraph& graph, bool services) {
  Sum sum;
  for (const view::GraphNode& node : graph.nodes) {
    if (services && !node.client) sum.add(node.statistics, node.response_times);
    if (services) continue;
    for (const view::GraphEdge& edge : node.edges) sum.add(edge.statistics, edge.response_times);
  }
  return sum;
}

// What a selector is asked of: each visit alone.
void add_matching_visits(const view::TraceSummary& trace, const view::Filter& selector,
                         view::ServiceGraphBuilder& to) {
  view::TraceSummary alone = trace;
  for (const view::Visit& visit : trace.visits) {
    alone.visits.assign(1, visit);
    if (selector.matches(alone)) to.add(alone);
  }
}

}  // namespace

http::Reply TraceQueries::summaries(const Json& request) {
  const auto range = range_of(request);
  if (!range) return aws_error(range.error());
  const std::string_view type = request.text_at("TimeRangeType");
  constexpr std::array<std::string_view, 4> kTypes = {"", "TraceId", "Event", "Service"};
  if (std::ranges::find(kTypes, type) == kTypes.end()) {
    return invalid_request("TimeRangeType: expected TraceId, Event or Service");
  }
  const auto filter = filter_of(request.text_at("FilterExpression"), find_group_);
  if (!filter) return aws_error(filter.error());
  const auto page = traces_.page({range->from_ns, range->until_ns, &*filter, kSummariesAPage,
                                  std::string(request.text_at("NextToken"))});
  if (!page) return aws_error(page.error());
  core::CharBuffer buffer;
  JsonWriter out(buffer);
  out.lit<R"({"TraceSummaries":[)">();
  for (std::size_t i = 0; i < page->traces.size(); ++i) {
    if (i > 0) out.plain(",");
    view::write_summary(page->traces[i].summary, out);
  }
  out.lit<R"(],"ApproximateTime":)">();
  out.real(to_seconds(clock_.now().wall_ns));
  out.lit<R"(,"TracesProcessedCount":)">();
  out.integer(static_cast<std::int64_t>(page->processed));
  if (!page->next.empty()) {
    out.lit<R"(,"NextToken":)">();
    out.string(page->next);
  }
  out.lit<"}">();
  return json_reply(std::string(buffer.view()));
}

http::Reply TraceQueries::service_graph(const Json& request) {
  const auto range = range_of(request);
  if (!range) return aws_error(range.error());
  const auto group = group_of(request, find_group_);
  if (!group) return aws_error(group.error());
  const auto filter = filter_of(*group, find_group_);
  if (!filter) return aws_error(filter.error());
  view::ServiceGraphBuilder builder;
  const auto read = traces_.all({range->from_ns, range->until_ns, &*filter, 0, {}},
                                [&](const Digest& digest) { builder.add(digest.summary); });
  if (!read) return aws_error(read.error());
  return json_reply(graph_json(builder.build(), *range));
}

http::Reply TraceQueries::trace_graph(const Json& request) {
  const Json::Array* ids = list_at(request, "TraceIds");
  if (ids == nullptr || ids->size() > kMaxTraceIds) {
    return invalid_request(fmt::format("TraceIds: expected at most {}", kMaxTraceIds));
  }
  view::ServiceGraphBuilder builder;
  Range range{INT64_MAX, 0};
  for (const Json& given : *ids) {
    const auto id = trace::TraceId::from_xray(given.string() == nullptr ? "" : *given.string());
    const auto digest =
        id ? traces_.one(*id) : core::Result<Digest>(core::fail(core::Code::not_found, ""));
    if (!digest && digest.error().code != core::Code::not_found) return aws_error(digest.error());
    if (!digest) continue;
    builder.add(digest->summary);
    range.from_ns = std::min(range.from_ns, digest->summary.start_ns);
    range.until_ns =
        std::max(range.until_ns, digest->summary.start_ns + digest->summary.duration_ns);
  }
  if (range.from_ns > range.until_ns) range = {0, 0};
  return json_reply(graph_json(builder.build(), range));
}

http::Reply TraceQueries::time_series(const Json& request) {
  const auto range = range_of(request);
  if (!range) return aws_error(range.error());
  const double period = number_at(request, "Period").value_or(60);
  if (period != 60 && period != 300) return invalid_request("Period: expected 60 or 300");
  const auto group = group_of(request, find_group_);
  if (!group) return aws_error(group.error());
  const auto filter = filter_of(*group, find_group_);
  if (!filter) return aws_error(filter.error());
  const std::string_view expression = request.text_at("EntitySelectorExpression");
  const auto selector = filter_of(expression, find_group_);
  if (!selector) return aws_error(selector.error());
  const bool services = core::trim(expression).starts_with("service");

  std::map<std::int64_t, view::ServiceGraphBuilder> periods;
  const auto length = static_cast<std::int64_t>(period) * 1'000'000'000;
  const auto read =
      traces_.all({range->from_ns, range->until_ns, &*filter, 0, {}}, [&](const Digest& digest) {
        auto& builder = periods[digest.summary.start_ns / length];
        if (expression.empty()) {
          builder.add(digest.summary);
        } else {
          add_matching_visits(digest.summary, *selector, builder);
        }
      });
  if (!read) return aws_error(read.error());
  core::CharBuffer buffer;
  JsonWriter out(buffer);
  out.lit<R"({"TimeSeriesServiceStatistics":[)">();
  bool first = true;
  for (const auto& [number, builder] : periods) {
    const Sum sum = sum_of(builder.build(), services);
    out.plain(first ? R"({"Timestamp":)" : R"(,{"Timestamp":)");
    first = false;
    out.integer(number * static_cast<std::int64_t>(period));
    out.plain(services ? R"(,"ServiceSummaryStatistics":)" : R"(,"EdgeSummaryStatistics":)");
    view::write_statistics(sum.statistics, out);
    out.lit<R"(,"ResponseTimeHistogram":)">();
    view::write_histogram(sum.bars(), out);
    out.lit<"}">();
  }
  out.lit<R"(],"ContainsOldGroupVersions":false})">();
  return json_reply(std::string(buffer.view()));
}

}  // namespace spawn::server
