// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/summaries.h"

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "apps/curl_session.h"
#include "aws/services/xray.h"
#include "server/traces.h"
#include "store/trace_store.h"
#include "view/xray_json.h"
#include "xray/source.h"

namespace spawn::apps {
namespace {

using view::TraceSummary;

class XRaySummaries final : public view::SummarySource {
 public:
  XRaySummaries(std::unique_ptr<CurlSession> session, aws::Endpoint endpoint)
      : session_(std::move(session)), source_(session_->get().caller(), std::move(endpoint)) {}

  core::Status find(const trace::TraceQuery& query, const Found& found) override {
    return source_.find_summaries(query, [&](const core::Json& told) {
      if (auto summary = view::read_summary(told)) found(std::move(*summary));
      return true;
    });
  }
  [[nodiscard]] bool filters() const override { return true; }

  core::Status complete(std::span<TraceSummary> summaries) override {
    std::vector<trace::TraceId> ids;
    std::map<trace::TraceId, TraceSummary*> by_id;
    for (TraceSummary& summary : summaries) {
      ids.push_back(summary.id);
      by_id[summary.id] = &summary;
    }
    return source_.get_all(ids, [&](const trace::Trace& trace) {
      *by_id.at(trace.id) = view::summarize(trace.id, trace.facts);
      return true;
    });
  }

 private:
  std::unique_ptr<CurlSession> session_;
  xray::XRaySource source_;
};

class StoredSummaries final : public view::SummarySource {
 public:
  StoredSummaries(std::unique_ptr<store::TraceStore> store, core::Clock& clock)
      : store_(std::move(store)), traces_(*store_, clock) {}

  core::Status find(const trace::TraceQuery& query, const Found& found) override {
    server::TraceQuery range;
    range.from_ns = query.start_ns;
    range.until_ns = query.end_ns;
    const auto unread =
        traces_.all(range, [&](server::Digest digest) { found(std::move(digest.summary)); });
    if (!unread) return core::fail(unread.error());
    if (unread->count == 0) return core::ok();
    return core::fail(core::Code::io, fmt::format("{} trace{} could not be read: {}", unread->count,
                                                  unread->count == 1 ? "" : "s", unread->reason));
  }
  [[nodiscard]] bool filters() const override { return false; }

  core::Status complete(std::span<TraceSummary>) override { return core::ok(); }

 private:
  std::unique_ptr<store::TraceStore> store_;
  server::Traces traces_;
};

}  // namespace

core::Result<std::unique_ptr<view::SummarySource>> summaries(const cli::SourceRequest& request,
                                                             const core::Env& env,
                                                             core::Clock& clock, core::Rng& rng) {
  if (request.from == "local") {
    auto path = store::traces_path(env);
    if (!path) return core::fail(std::move(path.error()));
    auto store = store::TraceStore::open(*path, clock);
    if (!store) return core::fail(std::move(store.error()));
    return std::make_unique<StoredSummaries>(std::move(*store), clock);
  }
  auto session = CurlSession::make(request.region, request.profile, env, clock, rng, nullptr);
  if (!session) return core::fail(std::move(session.error()));
  auto endpoint = (*session)->get().endpoint(aws::xray::kService, request.endpoint);
  if (!endpoint) return core::fail(std::move(endpoint.error()));
  return std::make_unique<XRaySummaries>(std::move(*session), std::move(*endpoint));
}

}  // namespace spawn::apps
