// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/reply.h"

#include <ctime>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "otlp/json_fields.h"
#include "otlp/protobuf_fields.h"

namespace spawn::otlp {
namespace {

using core::Json;
using protozero::pbf_reader;
using protozero::pbf_wire_type;

// "application/json; charset=utf-8" is JSON too.
bool has_type(const http::Reply& reply, std::string_view type) {
  const std::string_view header = http::header(reply.headers, "content-type");
  return core::iequals(core::trim(header.substr(0, header.find(';'))), type);
}
bool is_json(const http::Reply& reply) { return has_type(reply, "application/json"); }
bool is_protobuf(const http::Reply& reply) { return has_type(reply, "application/x-protobuf"); }

std::optional<PartialSuccess> success_of_json(std::string_view body) {
  const auto json = Json::parse(body);
  if (!json || json->object() == nullptr) return std::nullopt;
  PartialSuccess partial;
  if (const Json* inner = field(*json, "partialSuccess")) {
    FieldReader fields(*inner);
    fields.number("rejectedSpans", partial.rejected_spans);
    fields.text("errorMessage", partial.message);
    if (!fields.problem().empty()) return std::nullopt;
  }
  return partial;
}

PartialSuccess partial_success(pbf_reader in) {
  PartialSuccess partial;
  while (in.next()) {
    switch (in.tag_and_type()) {
      case protozero::tag_and_type(tag::kPartialSuccessRejected, pbf_wire_type::varint):
        partial.rejected_spans = in.get_int64();
        break;
      case protozero::tag_and_type(tag::kPartialSuccessMessage, pbf_wire_type::length_delimited):
        partial.message = core::repair_utf8(in.get_string());
        break;
      default:
        in.skip();
    }
  }
  return partial;
}

std::optional<PartialSuccess> success_of_protobuf(std::string_view body) {
  try {
    PartialSuccess partial;
    pbf_reader in(body.data(), body.size());
    while (in.next()) {
      if (in.tag() == tag::kResponsePartialSuccess &&
          in.wire_type() == pbf_wire_type::length_delimited) {
        partial = partial_success(in.get_message());
      } else {
        in.skip();
      }
    }
    return partial;
  } catch (const protozero::exception&) {
    return std::nullopt;
  }
}

std::string failure_of_protobuf(std::string_view body) {
  try {
    pbf_reader in(body.data(), body.size());
    if (in.next(tag::kRpcStatusMessage, pbf_wire_type::length_delimited)) return in.get_string();
  } catch (const protozero::exception&) {
    return {};  // somebody else's error page
  }
  return {};
}

}  // namespace

std::optional<PartialSuccess> read_success(const http::Reply& reply) {
  if (reply.body.empty()) return PartialSuccess();
  if (is_json(reply)) return success_of_json(reply.body);
  if (is_protobuf(reply)) return success_of_protobuf(reply.body);
  return std::nullopt;
}

std::string write_success(const PartialSuccess& partial, bool json) {
  const bool whole = partial.rejected_spans == 0 && partial.message.empty();
  if (json) {
    Json::Object inner{{"rejectedSpans", Json(std::to_string(partial.rejected_spans))},
                       {"errorMessage", Json(core::repair_utf8(partial.message))}};
    return whole ? "{}" : Json(Json::Object{{"partialSuccess", Json(std::move(inner))}}).to_text();
  }
  std::string inner;
  protozero::pbf_writer(inner).add_int64(tag::kPartialSuccessRejected, partial.rejected_spans);
  protozero::pbf_writer(inner).add_string(tag::kPartialSuccessMessage, partial.message);
  std::string out;
  if (!whole) protozero::pbf_writer(out).add_message(tag::kResponsePartialSuccess, inner);
  return out;
}

std::string write_failure(int code, std::string_view message, bool json) {
  if (json) {
    return Json(Json::Object{{"code", Json(std::int64_t{code})},
                             {"message", Json(core::repair_utf8(message))}})
        .to_text();
  }
  std::string out;
  protozero::pbf_writer(out).add_int32(tag::kRpcStatusCode, code);
  protozero::pbf_writer(out).add_string(tag::kRpcStatusMessage, message.data(), message.size());
  return out;
}

std::string read_failure(const http::Reply& reply) {
  if (is_protobuf(reply)) return failure_of_protobuf(reply.body);
  if (!is_json(reply)) return {};
  const auto json = Json::parse(reply.body);
  return json ? std::string(json->text_at("message")) : std::string();
}

std::optional<core::Nanos> retry_after(const http::Headers& headers, std::int64_t wall_ns) {
  constexpr std::int64_t kMostSeconds = 24 * 3600;
  const std::string text(core::trim(http::header(headers, "retry-after")));
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  if (const auto number = core::parse_int(text)) {
    seconds = *number;
  } else {
    std::tm date{};
    const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (end == nullptr || *end != '\0') return std::nullopt;
    seconds = timegm(&date) - wall_ns / 1'000'000'000;
  }
  if (seconds < 0) seconds = 0;
  return std::chrono::seconds(seconds < kMostSeconds ? seconds : kMostSeconds);
}

}  // namespace spawn::otlp
