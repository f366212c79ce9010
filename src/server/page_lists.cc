// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The part of the page's API that is about many traces.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "core/text.h"
#include "server/fields.h"
#include "server/live.h"
#include "server/page_api.h"
#include "server/summary_json.h"
#include "view/array_rows.h"
#include "view/service_graph.h"

namespace spawn::server {
namespace {

using core::Json;

constexpr std::int64_t kDefaultRangeNs = 6LL * 3600 * 1'000'000'000;
constexpr std::int64_t kAheadNs = 3600LL * 1'000'000'000;  // of clocks that are not ours
constexpr std::int64_t kMaxLimit = 1000;

http::Reply bad_filter(const view::FilterError& error) {
  return json_reply(Json(Json::Object{{"message", Json(core::repair_utf8(error.message))},
                                      {"at", integer(error.at)},
                                      {"length", integer(error.length)}})
                        .to_text(),
                    400);
}

// null when all were read.
Json unread_json(const Unread& unread) {
  if (unread.count == 0) return {};
  return Json(Json::Object{{"count", integer(unread.count)},
                           {"reason", Json(core::repair_utf8(unread.reason))}});
}

// What a request's start, end, limit and next say; a reply where they make no sense.
std::optional<http::Reply> read_query(const Request& request, std::int64_t now_ns,
                                      TraceQuery& query) {
  query.until_ns = now_ns + kAheadNs;
  query.from_ns = now_ns - kDefaultRangeNs;
  const std::pair<const char*, std::int64_t*> ends[] = {{"start", &query.from_ns},
                                                        {"end", &query.until_ns}};
  for (const auto& [name, at] : ends) {
    const std::string_view given = request.parameter(name);
    if (given.empty()) continue;
    const auto seconds = core::parse_double(given);
    if (!seconds) return invalid_request(fmt::format("{}: expected seconds since the epoch", name));
    *at = to_ns(*seconds);
  }
  if (const std::string_view given = request.parameter("limit"); !given.empty()) {
    const auto limit = core::parse_int(given);
    if (!limit || *limit < 1 || *limit > kMaxLimit) {
      return invalid_request(fmt::format("limit: expected 1 to {}", kMaxLimit));
    }
    query.limit = static_cast<std::size_t>(*limit);
  }
  query.next = request.parameter("next");
  return std::nullopt;
}

}  // namespace

http::Reply PageApi::traces(const Request& request) {
  TraceQuery query;
  if (auto refused = read_query(request, clock_.now().wall_ns, query)) return std::move(*refused);
  const auto filter = view::Filter::parse(request.parameter("filter"), find_group_);
  if (!filter) return bad_filter(filter.error());
  query.filter = &*filter;
  const auto page = traces_.page(query);
  if (!page) return aws_error(page.error());
  Json::Array list;
  for (const Digest& digest : page->traces) list.push_back(page_summary(digest));
  return json_reply({{"traces", Json(std::move(list))},
                     {"next", page->next.empty() ? Json() : Json(page->next)},
                     {"processed", integer(page->processed)},
                     {"unread", unread_json(page->unread)}});
}

http::Reply PageApi::graph(const Request& request) {
  TraceQuery query;
  if (auto refused = read_query(request, clock_.now().wall_ns, query)) return std::move(*refused);
  const auto filter = view::Filter::parse(request.parameter("filter"), find_group_);
  if (!filter) return bad_filter(filter.error());
  query.filter = &*filter;
  query.next.clear();
  view::ServiceGraphBuilder builder;
  const auto read = traces_.all(query, [&](const Digest& digest) { builder.add(digest.summary); });
  if (!read) return aws_error(read.error());
  return json_reply({{"start", Json(to_seconds(query.from_ns))},
                     {"end", Json(to_seconds(query.until_ns))},
                     {"services", page_graph(builder.build())},
                     {"unread", unread_json(*read)}});
}

http::Reply PageApi::trace_graph(const trace::TraceId& id) {
  const auto digest = traces_.one(id);
  if (!digest) return aws_error(digest.error());
  return json_reply(trace_graph_json(digest->summary).to_text());
}

http::Reply PageApi::array(std::string_view id) {
  view::ArrayRows rows(id);
  std::size_t found = 0;
  core::Status loaded = core::ok();
  const auto read = store_.for_each_of_array(id, [&](const store::TraceRow& row) {
    const auto trace = store_.get(row.id);
    if (!trace) {
      loaded = core::fail(trace.error());
      return trace.error().code == core::Code::not_found;  // removed meanwhile
    }
    rows.add(*trace);
    ++found;
    return true;
  });
  if (!read) return aws_error(read.error());
  if (!loaded && loaded.error().code != core::Code::not_found) return aws_error(loaded.error());
  if (found == 0) {
    return aws_error(404, "ResourceNotFoundException",
                     fmt::format("no trace here is of a job array '{}'", core::visible(id)));
  }
  Json::Array members;
  for (const view::ArrayMember& member : rows.members(clock_.now().wall_ns)) {
    members.push_back(to_json(member));
  }
  return json_reply({{"id", text(id)}, {"members", Json(std::move(members))}});
}

Answer PageApi::live(const Request& request) {
  std::string_view since = http::header(request.headers, "Last-Event-ID");
  if (since.empty()) since = request.parameter("since");
  std::uint64_t told = 0;
  if (const auto given = core::parse_int(since); given && *given >= 0) {
    told = static_cast<std::uint64_t>(*given);
  } else {
    const auto last = store_.last_change();
    if (!last) return aws_error(last.error());
    told = *last;
  }
  http::Reply head;
  head.status = 200;
  head.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
  auto view = std::make_shared<LiveView>(traces_, store_, clock_, told);
  return {std::move(head), [view](std::string& to) {
            view->next(to);
            return true;
          }};
}

}  // namespace spawn::server
