// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/page_api.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "core/text.h"
#include "server/fields.h"
#include "server/span_json.h"
#include "server/trace_documents.h"
#include "xray/facts.h"
#include "xray/to_span.h"

namespace spawn::server {
namespace {

using core::Json;

constexpr std::string_view kTraces = "/api/traces/";
constexpr std::string_view kArrays = "/api/arrays/";

http::Reply not_found(std::string_view what) {
  return aws_error(404, "ResourceNotFoundException", what);
}

Json text_or_null(const std::string& value) { return value.empty() ? Json() : Json(value); }

core::Result<trace::TraceId> id_of(std::string_view given) {
  const auto id = trace::TraceId::from_user(given);
  if (id) return *id;
  return core::fail(core::Code::invalid_argument,
                    fmt::format("'{}' is no trace id", core::visible(given)));
}

}  // namespace

Answer PageApi::serve(const Request& request) {
  const std::string_view path = request.path;
  if (path == "/api/version") return version();
  if (path == "/api/traces") return traces(request);
  if (path == "/api/graph") return graph(request);
  if (path == "/api/live") return live(request);
  if (path.starts_with(kArrays)) return array(path.substr(kArrays.size()));
  if (!path.starts_with(kTraces)) return not_found("there is no such path in the page's API");
  const std::string_view rest = path.substr(kTraces.size());
  const std::string_view given = rest.substr(0, rest.find('/'));
  const std::string_view what = rest.substr(given.size());
  const auto id = id_of(given);
  if (!id) return aws_error(id.error());
  if (what.empty()) return trace(*id);
  if (what == "/graph") return trace_graph(*id);
  if (what == "/documents") return documents(*id);
  return not_found("there is no such path in the page's API");
}

http::Reply PageApi::version() const {
  return json_reply({{"spawn", Json(version_)},
                     {"db", Json(core::repair_utf8(store_.path()))},
                     {"now", Json(to_seconds(clock_.now().wall_ns))},
                     {"xray", text_or_null(addresses_.xray)},
                     {"udp", text_or_null(addresses_.udp)},
                     {"otlp", text_or_null(addresses_.otlp)}});
}

http::Reply PageApi::trace(const trace::TraceId& id) {
  const auto found = store_.get(id);
  if (!found) return aws_error(found.error());
  const auto documents = store_.documents(id);
  if (!documents) return aws_error(documents.error());
  std::vector<trace::SegmentFacts> facts;
  for (const store::Document& document : *documents) {
    if (const auto json = xray::parse_document(document.text)) xray::add_facts(*json, facts);
  }
  Annotations told;
  for (trace::SegmentFacts& fact : facts) told[fact.id] = std::move(fact.annotations);
  core::CharBuffer buffer;
  write_trace(*found, !documents->empty(), told, buffer);
  return json_reply(std::string(buffer.view()));
}

http::Reply PageApi::documents(const trace::TraceId& id) {
  auto found = documents_of(store_, id);
  if (!found) return aws_error(found.error());
  Json::Array list;
  for (store::Document& document : found->documents) list.emplace_back(std::move(document.text));
  return json_reply({{"documents", Json(std::move(list))}});
}

}  // namespace spawn::server
