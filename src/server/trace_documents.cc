// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/trace_documents.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "server/fields.h"
#include "xray/document.h"
#include "xray/to_span.h"

namespace spawn::server {
namespace {

// The spans that documents tell of, nested ones included.
std::unordered_set<trace::SpanId> spans_in(const std::vector<store::Document>& documents) {
  trace::Trace told;
  for (const store::Document& document : documents) xray::add_document(document.text, told);
  std::unordered_set<trace::SpanId> ids;
  for (const trace::SpanRecord& span : told.spans) ids.insert(span.span_id);
  return ids;
}

}  // namespace

core::Result<TraceDocuments> documents_of(store::TraceStore& store, const trace::TraceId& id) {
  const auto trace = store.get(id);
  if (!trace) return core::fail(trace.error());
  auto documents = store.documents(id);
  if (!documents) return core::fail(documents.error());
  TraceDocuments all{std::move(*documents), 0, false};
  all.sent = !all.documents.empty();
  const auto told = spans_in(all.documents);
  std::int64_t start = INT64_MAX;
  std::int64_t end = 0;
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  for (const trace::SpanRecord& span : trace->spans) {
    start = std::min(start, span.start_ns);
    end = std::max(end, span.end_ns);
    if (told.contains(span.span_id)) continue;
    buffer.clear();
    xray::write_document(span, out);
    all.documents.push_back(
        {id, xray::document_id(span), span.in_progress, std::string(buffer.view())});
  }
  all.duration_s = end > start ? static_cast<double>(end - start) / 1e9 : 0;
  return all;
}

}  // namespace spawn::server
