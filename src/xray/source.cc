// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aws/services/xray.h"
#include "aws/services/xray_summaries.h"
#include "core/json.h"
#include "trace/merge.h"
#include "xray/facts.h"
#include "xray/to_span.h"

namespace spawn::xray {
namespace {

void add_documents(const aws::xray::TraceDocuments& found, trace::Trace& trace) {
  for (const std::string& text : found.documents) {
    add_document(text, trace);
    if (const auto document = parse_document(text)) add_facts(*document, trace.facts);
  }
}

constexpr std::int64_t kLongestRangeNs = 6LL * 3600 * 1'000'000'000;  // of GetTraceSummaries
constexpr std::size_t kIdsPerCall = 5;                                // of BatchGetTraces

}  // namespace

XRaySource::XRaySource(aws::Caller& caller, aws::Endpoint endpoint)
    : caller_(caller), endpoint_(std::move(endpoint)) {}

core::Result<trace::Trace> XRaySource::get(const trace::TraceId& id) {
  trace::Trace trace;
  trace.id = id;
  const std::string xray_id = id.xray();
  std::string token;
  for (;;) {
    auto page = aws::xray::batch_get_traces(caller_, endpoint_, std::span(&xray_id, 1), token,
                                            core::Deadline::never());
    if (!page) return core::fail(std::move(page.error()));
    for (const aws::xray::TraceDocuments& found : page->traces) {
      if (found.id == xray_id) add_documents(found, trace);
    }
    if (page->next_token.empty() || page->next_token == token) break;
    token = std::move(page->next_token);
  }
  if (trace.spans.empty() && trace.notes.empty()) {
    return core::fail(core::Code::not_found,
                      fmt::format("X-Ray in {} has no trace {} (a new one takes some seconds to "
                                  "appear, and none stays longer than 30 days)",
                                  endpoint_.region, xray_id));
  }
  trace::drop_older_versions(trace);
  trace::share_resources(trace);
  return trace;
}

core::Status XRaySource::hand_over(std::vector<std::string> ids, const Found& found, bool& wanted) {
  std::map<std::string, trace::Trace> traces;
  std::string token;
  do {
    auto page =
        aws::xray::batch_get_traces(caller_, endpoint_, ids, token, core::Deadline::never());
    if (!page) return core::fail(std::move(page.error()));
    for (const aws::xray::TraceDocuments& part : page->traces) {
      add_documents(part, traces[part.id]);
    }
    if (page->next_token == token) break;
    token = std::move(page->next_token);
  } while (!token.empty());
  for (const std::string& id : ids) {
    const auto trace_id = trace::TraceId::from_xray(id);
    trace::Trace& whole = traces[id];
    if (!wanted || !trace_id || whole.spans.empty()) continue;
    whole.id = *trace_id;
    trace::drop_older_versions(whole);
    trace::share_resources(whole);
    wanted = found(std::move(whole));
  }
  return core::ok();
}

core::Status XRaySource::get_all(std::span<const trace::TraceId> ids, const Found& found) {
  bool wanted = true;
  for (std::size_t at = 0; wanted && at < ids.size(); at += kIdsPerCall) {
    std::vector<std::string> some;
    for (const auto& id : ids.subspan(at, std::min(kIdsPerCall, ids.size() - at))) {
      some.push_back(id.xray());
    }
    if (auto done = hand_over(std::move(some), found, wanted); !done) return done;
  }
  return core::ok();
}

core::Status XRaySource::find_summaries(const trace::TraceQuery& query, const FoundSummary& f) {
  // As long as one range after the other lies in the query, the newest first.
  for (std::int64_t end = query.end_ns; end > query.start_ns;) {
    aws::xray::GetTraceSummaries request;
    request.range = {std::max(query.start_ns, end - kLongestRangeNs), end};
    request.filter = query.filter;
    do {
      auto page =
          aws::xray::get_trace_summaries(caller_, endpoint_, request, core::Deadline::never());
      if (!page) return core::fail(std::move(page.error()));
      for (const core::Json& summary : page->summaries) {
        if (!f(summary)) return core::ok();
      }
      if (page->next_token == request.next_token) break;
      request.next_token = std::move(page->next_token);
    } while (!request.next_token.empty());
    end = request.range.start_ns;
  }
  return core::ok();
}

core::Status XRaySource::find(const trace::TraceQuery& query, const Found& found) {
  bool wanted = true;
  core::Status status = core::ok();
  std::vector<std::string> ids;
  auto read = find_summaries(query, [&](const core::Json& summary) {
    ids.emplace_back(summary.text_at("Id"));
    if (ids.size() < kIdsPerCall) return true;
    status = hand_over(std::exchange(ids, {}), found, wanted);
    return status && wanted;
  });
  if (!read) return read;
  return status && !ids.empty() ? hand_over(std::move(ids), found, wanted) : status;
}

}  // namespace spawn::xray
