// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/receive.h"

#include <cstdint>
#include <string>

#include "otlp/json_read.h"
#include "otlp/protobuf_read.h"
#include "otlp/reply.h"

namespace spawn::otlp {
namespace {

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kJson = "application/json";

bool is_protobuf(const http::Headers& headers) {
  return http::header(headers, "Content-Type").starts_with(kProtobuf);
}

http::Reply reply(int status, bool json, std::string body) {
  http::Reply out;
  out.status = status;
  out.headers = {{"Content-Type", std::string(json ? kJson : kProtobuf)}};
  out.body = std::move(body);
  return out;
}

}  // namespace

http::Reply refusal(int status, std::string_view message, const http::Headers& headers) {
  constexpr int kInvalidArgument = 3;  // of google.rpc.Code
  constexpr int kUnavailable = 14;
  const bool json = !is_protobuf(headers);
  return reply(status, json,
               write_failure(status >= 500 ? kUnavailable : kInvalidArgument, message, json));
}

http::Reply receive(const http::Headers& headers, std::string_view body, const TakeSpans& take,
                    std::size_t max_spans) {
  const bool json = http::header(headers, "Content-Type").starts_with(kJson);
  if (!json && !is_protobuf(headers)) {
    return refusal(415, "Content-Type: expected application/x-protobuf or application/json",
                   headers);
  }
  trace::SpanSet set;
  set.max_spans = max_spans;
  const auto read = json ? read_json(body, set) : read_protobuf(body, set);
  if (!read && set.spans.empty()) return refusal(400, read.error().message, headers);
  for (trace::SpanRecord& span : set.spans) span.settle();
  if (const auto taken = take(set); !taken) return refusal(503, taken.error().message, headers);
  return reply(200, json,
               write_success({static_cast<std::int64_t>(set.refused),
                              set.problems.empty() ? "" : set.problems.front()},
                             json));
}

}  // namespace spawn::otlp
