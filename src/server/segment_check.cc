// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/segment_check.h"

#include <fmt/format.h>

#include "trace/ids.h"
#include "xray/document.h"
#include "xray/names.h"

namespace spawn::server {
namespace {

using core::Json;

Refusal invalid(std::string_view code) {
  return {std::string(code), fmt::format("Invalid segment. ErrorCode: {}", code)};
}

bool has_text(const Json& document, std::string_view member) {
  return !document.text_at(member).empty();
}

bool is_good_name(std::string_view name) {
  std::string storage;
  return xray::fit_name(name, storage) == name;
}

bool is_time(const Json& document, std::string_view member) {
  const Json* time = document.find(member);
  const auto seconds = time == nullptr ? std::nullopt : time->number();
  return seconds && *seconds >= 0 && *seconds < 9e9;
}

bool is_open(const Json& document) {
  const Json* flag = document.find("in_progress");
  return flag != nullptr && flag->boolean() != nullptr && *flag->boolean();
}

// Names, ids and times of a nested one are checked as its own are.
std::optional<Refusal> check_nested(const Json& document) {
  const Json* list = document.find("subsegments");
  if (list == nullptr || list->array() == nullptr) return std::nullopt;
  for (const Json& inner : *list->array()) {
    if (!trace::SpanId::from_hex(inner.text_at("id"), true)) return invalid("InvalidId");
    if (!has_text(inner, "name")) return invalid("MissingName");
    if (!is_good_name(inner.text_at("name"))) return invalid("InvalidName");
    if (!is_time(inner, "start_time")) return invalid("InvalidSegment");
    if (auto refused = check_nested(inner)) return refused;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_segment(const Json& document, std::size_t size) {
  if (size > xray::kMaxDocumentBytes)
    return Refusal{"InvalidSegment", "Segment size exceeds 64 KB"};
  if (!has_text(document, "id")) return invalid("MissingId");
  if (!trace::SpanId::from_hex(document.text_at("id"), true)) return invalid("InvalidId");
  if (!has_text(document, "name")) return invalid("MissingName");
  if (!is_good_name(document.text_at("name"))) return invalid("InvalidName");
  if (!trace::TraceId::from_xray(document.text_at("trace_id"))) return invalid("InvalidTraceId");
  const std::string_view parent = document.text_at("parent_id");
  if (document.text_at("type") == "subsegment" && parent.empty()) return invalid("MissingParentId");
  if (!parent.empty() && !trace::SpanId::from_hex(parent, true)) return invalid("InvalidParentId");
  const bool ends = document.find("end_time") != nullptr;
  if (!is_time(document, "start_time") || (ends && !is_time(document, "end_time")) ||
      ends == is_open(document)) {
    return Refusal{"InvalidSegment", "Invalid segment. ErrorCode: InvalidTime"};
  }
  return check_nested(document);
}

}  // namespace spawn::server
