// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/page_api.h"

#include <fmt/format.h>

#include "core/text.h"
#include "server/fields.h"
#include "server/span_json.h"
#include "server/trace_documents.h"

namespace spawn::server {
namespace {

using core::Json;

constexpr std::string_view kTraces = "/api/traces/";

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
  if (path.starts_with(kTraces)) {
    std::string_view id = path.substr(kTraces.size());
    const std::size_t slash = id.find('/');
    const std::string_view what = slash == std::string_view::npos ? "" : id.substr(slash + 1);
    id = id.substr(0, slash);
    if (slash == std::string_view::npos) return trace(id);
    if (what == "documents") return documents(id);
  }
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

http::Reply PageApi::trace(std::string_view given) {
  const auto id = id_of(given);
  if (!id) return aws_error(id.error());
  const auto found = store_.get(*id);
  if (!found) return aws_error(found.error());
  const auto row = store_.row(*id);
  core::CharBuffer buffer;
  write_trace(*found, row && row->bytes > 0, buffer);
  return json_reply(std::string(buffer.view()));
}

http::Reply PageApi::documents(std::string_view given) {
  const auto id = id_of(given);
  if (!id) return aws_error(id.error());
  auto found = documents_of(store_, *id);
  if (!found) return aws_error(found.error());
  Json::Array list;
  for (store::Document& document : found->documents) list.emplace_back(std::move(document.text));
  return json_reply({{"documents", Json(std::move(list))}});
}

}  // namespace spawn::server
