// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/xray_header.h"

#include <algorithm>

#include "core/text.h"

namespace spawn::trace {
namespace {

bool is_header_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; });
}

XRayHeader::Sampled parse_sampled(std::string_view value) {
  if (value == "1") return XRayHeader::Sampled::yes;
  if (value == "0") return XRayHeader::Sampled::no;
  return XRayHeader::Sampled::undecided;
}

void keep_unknown(std::string& fields, std::string_view part) {
  if (!is_header_text(part) || fields.size() + 1 + part.size() > kMaxUnknownFieldBytes) return;
  if (!fields.empty()) fields += ';';
  fields += part;
}

}  // namespace

std::optional<XRayHeader> parse_xray_header(std::string_view text) {
  XRayHeader header;
  for (const std::string_view untrimmed : core::split(text, ';')) {
    const std::string_view part = core::trim(untrimmed);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    if (name == "Root") {
      header.root = TraceId::from_xray(value);
    } else if (name == "Parent") {
      header.parent = SpanId::from_hex(value, true);
    } else if (name == "Sampled") {
      header.sampled = parse_sampled(value);
    } else {
      keep_unknown(header.unknown_fields, part);
    }
  }
  if (!header.root) return std::nullopt;
  return header;
}

std::string format_xray_header(const SpanContext& context, std::string_view unknown_fields) {
  std::string text = "Root=" + context.trace_id.xray() + ";Parent=" + context.span_id.hex();
  text += context.sampled() ? ";Sampled=1" : ";Sampled=0";
  if (!unknown_fields.empty()) text.append(";").append(unknown_fields);
  return text;
}

}  // namespace spawn::trace
