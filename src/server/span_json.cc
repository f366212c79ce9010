// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/span_json.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/text.h"
#include "trace/attributes.h"
#include "trace/value_json.h"
#include "xray/fields.h"

namespace spawn::server {
namespace {

using core::JsonWriter;
using trace::SpanRecord;
using xray::Field;
using xray::Fields;

constexpr std::string_view kAnnotationsKey = "aws.xray.annotations";
// What our own documents always annotate, whatever a span names.
constexpr std::array<std::string_view, 4> kAlwaysAnnotated = {
    trace::key::kInstanceId, trace::key::kJobArrayId, trace::key::kJobArrayIndex,
    trace::key::kErrorType};

void write_time(std::int64_t ns, JsonWriter& out) {
  // Microseconds are what a double keeps of today's times.
  char digits[40];
  const std::int64_t micros = ns / 1000;
  char* end = std::to_chars(digits, digits + 24, micros / 1'000'000).ptr;
  *end++ = '.';
  for (std::int64_t rest = micros % 1'000'000, unit = 100'000; unit > 0; unit /= 10) {
    *end++ = static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  out.plain({digits, static_cast<std::size_t>(end - digits)});
}

void write_id(trace::SpanId id, JsonWriter& out) {
  if (!id.valid()) return out.lit<"null">();
  out.quote();
  char* to = out.buffer().ensure(16);
  id.write_hex(to);
  out.buffer().advance_to(to + 16);
  out.quote();
}

void text_or_null(std::string_view text, JsonWriter& out) {
  text.empty() ? out.lit<"null">() : out.string(text);
}

// ,"name":value of those that are there, in an object; null when none is.
struct Block {
  std::string_view name;
  Field field;
};
constexpr auto kHttp = std::to_array<Block>({{"method", Field::method},
                                             {"url", Field::url},
                                             {"status", Field::status},
                                             {"user_agent", Field::user_agent},
                                             {"client_ip", Field::client_address},
                                             {"length", Field::content_length}});
constexpr auto kAws = std::to_array<Block>({{"service", Field::rpc_service},
                                            {"region", Field::region},
                                            {"request_id", Field::request_id},
                                            {"account_id", Field::account_id}});

template <std::size_t Size>
void write_block(const Fields& fields, const std::array<Block, Size>& block,
                 std::string_view operation, JsonWriter& out) {
  const bool any = !operation.empty() || std::ranges::any_of(block, [&](const Block& member) {
    return fields.has(member.field);
  });
  if (!any) return out.lit<"null">();
  trace::ObjectWriter object(out);
  if (!operation.empty()) object.key("operation").string(operation);
  for (const auto& [name, field] : block) {
    if (fields.has(field)) trace::write_value(fields.value(field), object.key(name));
  }
  object.close();
}

bool is_named(const trace::Value& names, std::string_view key) {
  bool named = false;
  if (!names.is_array()) return false;
  names.for_each_element([&](const trace::Value& name) {
    named = named || (name.type() == trace::ValueType::string && name.string() == key);
  });
  return named;
}

// As X-Ray would spell the key.
std::string annotation_key(std::string_view key) {
  std::string spelled(key);
  for (char& c : spelled) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return spelled;
}

void write_told(const Annotations::mapped_type& annotations, JsonWriter& out) {
  trace::ObjectWriter object(out);
  for (const auto& [key, value] : annotations) {
    object.key(key);
    if (const auto* text = std::get_if<std::string>(&value)) {
      out.string(*text);
    } else if (const auto* number = std::get_if<double>(&value)) {
      out.real(*number);
    } else {
      out.boolean(std::get<bool>(value));
    }
  }
  object.close();
}

void write_annotations(const SpanRecord& span, const Annotations& told, JsonWriter& out) {
  const auto known = told.find(span.span_id);
  if (known != told.end()) return write_told(known->second, out);
  const auto names = span.find(kAnnotationsKey);
  trace::ObjectWriter object(out);
  span.for_each_attribute([&](const trace::Attribute& a) {
    if (a.value.is_array()) return;
    const bool always = std::ranges::find(kAlwaysAnnotated, a.key) != kAlwaysAnnotated.end();
    if (!always && !(names && is_named(*names, a.key))) return;
    trace::write_value(a.value, object.key(annotation_key(a.key)));
  });
  object.close();
}

template <typename EventOrLink>
void write_attributes_of(const SpanRecord& span, const EventOrLink& of, JsonWriter& out) {
  out.lit<R"(,"attributes":)">();
  trace::ObjectWriter object(out);
  span.for_each_attribute_of(
      of, [&](const trace::Attribute& a) { trace::write_value(a.value, object.key(a.key)); });
  object.close();
}

void write_events_and_links(const SpanRecord& span, JsonWriter& out) {
  out.lit<R"(,"events":[)">();
  bool first = true;
  span.for_each_event([&](const SpanRecord::Event& event) {
    out.plain(first ? R"({"name":)" : R"(,{"name":)");
    first = false;
    out.string(event.name);
    out.lit<R"(,"time":)">();
    write_time(event.time_ns, out);
    write_attributes_of(span, event, out);
    out.lit<"}">();
  });
  out.lit<R"(],"links":[)">();
  first = true;
  span.for_each_link([&](const SpanRecord::Link& link) {
    out.plain(first ? R"({"trace":)" : R"(,{"trace":)");
    first = false;
    out.string(link.to.trace_id.xray());
    out.lit<R"(,"span":)">();
    write_id(link.to.span_id, out);
    write_attributes_of(span, link, out);
    out.lit<"}">();
  });
  out.lit<"]">();
}

// The first exception that the span tells of, or what its status says.
void write_cause(const SpanRecord& span, JsonWriter& out) {
  std::string_view type = span.text(trace::key::kErrorType);
  std::string_view message = span.status_message();
  bool found = false;
  span.for_each_event([&](const SpanRecord::Event& event) {
    if (event.name != "exception" || found) return;
    found = true;
    span.for_each_attribute_of(event, [&](const trace::Attribute& a) {
      if (a.value.type() != trace::ValueType::string) return;
      if (a.key == "exception.type") type = a.value.string();
      if (a.key == "exception.message") message = a.value.string();
    });
  });
  if (type.empty() && message.empty()) return out.lit<"null">();
  trace::ObjectWriter object(out);
  object.key("type").string(type);
  object.key("message").string(message);
  object.close();
}

std::string_view origin_of(const trace::Resource& resource) {
  const auto* found = std::ranges::find(xray::kPlatforms, resource.text("cloud.platform"),
                                        &xray::Platform::cloud_platform);
  return found == xray::kPlatforms.end() ? std::string_view() : found->origin;
}

void write_head(const SpanRecord& span, JsonWriter& out) {
  out.lit<R"({"id":)">();
  write_id(span.span_id, out);
  out.lit<R"(,"parent":)">();
  write_id(span.parent_id, out);
  out.lit<R"(,"service":)">();
  out.string(span.resource->service_name());
  out.lit<R"(,"name":)">();
  out.string(span.name());
  out.lit<R"(,"kind":)">();
  out.string(to_string(span.kind));
  out.lit<R"(,"start":)">();
  write_time(span.start_ns, out);
  out.lit<R"(,"end":)">();
  span.in_progress ? out.lit<"null">() : write_time(span.end_ns, out);
  out.lit<R"(,"remote_parent":)">();
  out.boolean(span.parent_remote);
}

void write_flags(const xray::Flags& flags, JsonWriter& out) {
  out.lit<R"(,"error":)">();
  out.boolean(flags.error);
  out.lit<R"(,"fault":)">();
  out.boolean(flags.fault);
  out.lit<R"(,"throttle":)">();
  out.boolean(flags.throttle);
}

void write_span(const SpanRecord& span, std::size_t resource, const Annotations& told,
                JsonWriter& out) {
  const Fields fields = xray::collect_fields(span);
  write_head(span, out);
  write_flags(xray::flags_of(span, fields), out);
  out.lit<R"(,"origin":)">();
  text_or_null(origin_of(*span.resource), out);
  out.lit<R"(,"attempts":)">();
  const auto attempts = fields.number(Field::attempts);
  attempts ? out.integer(*attempts) : out.lit<"null">();
  out.lit<R"(,"http":)">();
  write_block(fields, kHttp, {}, out);
  out.lit<R"(,"aws":)">();
  fields.aws_call ? write_block(fields, kAws, fields.operation, out) : out.lit<"null">();
  out.lit<R"(,"annotations":)">();
  write_annotations(span, told, out);
  out.lit<R"(,"metadata":)">();
  trace::ObjectWriter metadata(out);
  span.for_each_attribute(
      [&](const trace::Attribute& a) { trace::write_value(a.value, metadata.key(a.key)); });
  metadata.close();
  out.lit<R"(,"resource":)">();
  out.integer(static_cast<std::int64_t>(resource));
  write_events_and_links(span, out);
  out.lit<R"(,"cause":)">();
  write_cause(span, out);
  out.lit<"}">();
}

void write_resource(const trace::Resource& resource, JsonWriter& out) {
  trace::ObjectWriter object(out);
  for (const auto& [key, value] : resource.attributes()) trace::write_value(value, object.key(key));
  object.close();
}

void write_envelope(const trace::Trace& trace, bool documents, JsonWriter& out) {
  std::int64_t start = INT64_MAX;
  std::int64_t end = 0;
  bool open = false;
  for (const SpanRecord& span : trace.spans) {
    start = std::min(start, span.start_ns);
    end = std::max(end, span.end_ns);
    open = open || span.in_progress;
  }
  out.lit<R"({"id":)">();
  out.string(trace.id.xray());
  out.lit<R"(,"start":)">();
  write_time(trace.spans.empty() ? 0 : start, out);
  out.lit<R"(,"end":)">();
  open ? out.lit<"null">() : write_time(end, out);
  out.lit<R"(,"documents":)">();
  out.boolean(documents);
  out.lit<R"(,"notes":[)">();
  for (std::size_t i = 0; i < trace.notes.size(); ++i) {
    if (i > 0) out.plain(",");
    out.string(core::repair_utf8(trace.notes[i]));
  }
  out.lit<"]">();
}

}  // namespace

void write_trace(const trace::Trace& trace, bool documents, const Annotations& told,
                 core::CharBuffer& buffer) {
  JsonWriter out(buffer);
  write_envelope(trace, documents, out);
  std::unordered_map<const trace::Resource*, std::size_t> resources;
  out.lit<R"(,"resources":[)">();
  for (const auto& resource : trace.resources) {
    if (!resources.emplace(resource.get(), resources.size()).second) continue;
    if (resources.size() > 1) out.plain(",");
    write_resource(*resource, out);
  }
  out.lit<R"(],"spans":[)">();
  bool first = true;
  for (const SpanRecord& span : trace.spans) {
    if (!first) out.plain(",");
    first = false;
    write_span(span, resources[span.resource], told, out);
  }
  out.lit<"]}">();
}

}  // namespace spawn::server
