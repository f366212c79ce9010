// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/intake.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "core/text.h"
#include "otlp/receive.h"
#include "xray/daemon_protocol.h"
#include "xray/document.h"
#include "xray/to_span.h"

namespace spawn::server {
namespace {

using core::Json;

// Documents that are good, as they go into the store.
class Batch {
 public:
  explicit Batch(store::TraceStore& store) : store_(store) {}

  std::optional<Unprocessed> add(std::string_view text) {
    const auto document = xray::parse_document(text);
    if (!document || document->object() == nullptr) {
      return Unprocessed{"", {"InvalidSegment", "Invalid segment. ErrorCode: ParseError"}};
    }
    const std::string id(document->text_at("id"));
    if (auto refused = check_segment(*document, text.size())) return Unprocessed{id, *refused};
    const auto trace_id = *trace::TraceId::from_xray(document->text_at("trace_id"));
    std::uint64_t& bytes = bytes_of(trace_id);
    if (bytes + text.size() > kMaxTraceBytes) {
      return Unprocessed{
          id, {"InvalidSegment", fmt::format("Trace size exceeded {} bytes", kMaxTraceBytes)}};
    }
    bytes += text.size();
    xray::add_document(*document, spans_);
    documents_.push_back({trace_id, *trace::SpanId::from_hex(id, true),
                          document->find("end_time") == nullptr, core::repair_utf8(text)});
    return std::nullopt;
  }

  core::Status write() {
    for (trace::SpanRecord& span : spans_.spans) span.settle();
    return store_.write(spans_.spans, documents_);
  }

 private:
  std::uint64_t& bytes_of(const trace::TraceId& id) {
    const auto [at, is_new] = bytes_.emplace(id, 0);
    if (is_new) {
      if (const auto row = store_.row(id)) at->second = row->bytes;
    }
    return at->second;
  }

  store::TraceStore& store_;
  trace::Trace spans_;  // of any traces
  std::vector<store::Document> documents_;
  std::map<trace::TraceId, std::uint64_t> bytes_;
};

}  // namespace

core::Result<std::vector<Unprocessed>> take_documents(store::TraceStore& store,
                                                      std::span<const std::string_view> documents) {
  Batch batch(store);
  std::vector<Unprocessed> refused;
  for (const std::string_view document : documents) {
    if (auto why = batch.add(document)) refused.push_back(std::move(*why));
  }
  if (auto written = batch.write(); !written) return core::fail(std::move(written.error()));
  return refused;
}

http::Reply put_trace_segments(store::TraceStore& store, const Json& request) {
  const Json* list = request.find("TraceSegmentDocuments");
  if (list == nullptr || list->array() == nullptr) {
    return invalid_request("TraceSegmentDocuments is required: a list of documents, each as text");
  }
  if (list->array()->size() > xray::kMaxDocumentsPerCall) {
    return invalid_request(
        fmt::format("Exceeded the maximum segment count of {}", xray::kMaxDocumentsPerCall));
  }
  std::vector<std::string_view> documents;
  for (const Json& document : *list->array()) {
    documents.push_back(document.string() == nullptr ? std::string_view() : *document.string());
  }
  const auto refused = take_documents(store, documents);
  if (!refused) return aws_error(refused.error());
  Json::Array unprocessed;
  for (const auto& [id, why] : *refused) {
    unprocessed.emplace_back(Json::Object{{"Id", id.empty() ? Json() : Json(id)},
                                          {"ErrorCode", Json(why.code)},
                                          {"Message", Json(why.message)}});
  }
  return json_reply({{"UnprocessedTraceSegments", Json(std::move(unprocessed))}});
}

std::vector<std::string> take_datagrams(store::TraceStore& store,
                                        std::span<const std::string_view> datagrams) {
  std::vector<std::string> complaints;
  std::vector<std::string_view> documents;
  for (const std::string_view datagram : datagrams) {
    if (const auto document = xray::document_in(datagram)) {
      documents.push_back(*document);
    } else {
      complaints.emplace_back(
          R"(a datagram was left out: expected {"format":"json","version":1}, a line feed, a )"
          "document");
    }
  }
  const auto refused = take_documents(store, documents);
  if (!refused) {
    complaints.push_back(refused.error().message);
    return complaints;
  }
  for (const auto& [id, why] : *refused) {
    complaints.push_back(fmt::format("a datagram's document {} was left out: {}",
                                     id.empty() ? "without an id" : core::visible(id),
                                     why.message));
  }
  return complaints;
}

http::Reply export_traces(store::TraceStore& store, const Request& request) {
  return otlp::receive(request.headers, request.body,
                       [&](trace::SpanSet& set) { return store.write(set.spans); });
}

}  // namespace spawn::server
