// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/source.h"

#include <fmt/format.h>

#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aws/services/xray.h"
#include "xray/to_span.h"

namespace spawn::xray {
namespace {

// X-Ray may hold a span as in progress and as ended, or alone and inside its segment: the last one
// that has an end counts.
void drop_older_versions(trace::Trace& trace) {
  std::unordered_map<trace::SpanId, std::size_t> kept;
  std::vector<trace::SpanRecord> spans;
  for (trace::SpanRecord& span : trace.spans) {
    const auto [at, is_new] = kept.emplace(span.span_id, spans.size());
    if (is_new) {
      spans.push_back(std::move(span));
    } else if (!span.in_progress || spans[at->second].in_progress) {
      spans[at->second] = std::move(span);
    }
  }
  trace.spans = std::move(spans);
}

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
      if (found.id != xray_id) continue;
      for (const std::string& document : found.documents) add_document(document, trace);
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
  drop_older_versions(trace);
  share_resources(trace);
  return trace;
}

}  // namespace spawn::xray
