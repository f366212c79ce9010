// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/source.h"

#include <fmt/format.h>

#include <span>
#include <string>
#include <utility>

#include "aws/services/xray.h"
#include "trace/merge.h"
#include "xray/to_span.h"

namespace spawn::xray {

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
  trace::drop_older_versions(trace);
  trace::share_resources(trace);
  return trace;
}

}  // namespace spawn::xray
