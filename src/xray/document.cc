// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/document.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "trace/attributes.h"
#include "xray/draft.h"
#include "xray/names.h"

namespace spawn::xray {
namespace {

namespace key = trace::key;
using trace::SpanKind;

// What the node on the map is called: we ourselves, or whom we call.
std::string_view subject(const trace::SpanRecord& record, const Fields& fields) {
  if (fields.segment) {
    const std::string_view service =
        record.resource == nullptr ? std::string_view() : record.resource->service_name();
    return service.empty() ? record.name() : service;
  }
  if (fields.is_aws_call()) {
    if (!fields.rpc_service.empty()) return fields.rpc_service;
    if (!fields.aws_service.empty()) return aws_spelling(fields.aws_service);
  }
  if (record.kind != SpanKind::internal && !fields.peer.empty()) return fields.peer;
  return record.name();
}

// The id stands before all other ids: the X-Ray daemon takes the first one it finds for the
// document's.
template <class Writer>
void write_identity(Draft<Writer>& draft) {
  const trace::SpanRecord& record = draft.record;
  Writer& out = draft.out;
  out.template lit<R"({"id":")">();
  draft.span_id(record.span_id);
  out.template lit<R"(","name":")">();
  std::string storage;
  out.string_body(fit_name(subject(record, draft.fields), storage));
  out.template lit<R"(","trace_id":")">();
  draft.trace_id(record.trace_id);
  if (record.parent_id.valid()) {
    out.template lit<R"(","parent_id":")">();
    draft.span_id(record.parent_id);
  }
  out.template lit<R"(","start_time":)">();
  draft.time(record.start_ns);
  if (record.in_progress) {
    out.template lit<R"(,"in_progress":true)">();
  } else {
    out.template lit<R"(,"end_time":)">();
    draft.time(record.end_ns);
  }
}

template <class Writer>
void write_role(Draft<Writer>& draft) {
  const trace::SpanRecord& record = draft.record;
  if (draft.fields.segment) {
    if (record.resource == nullptr) return;
    if (record.resource->text(key::kCloudPlatform) == "aws_ec2") {
      draft.out.template lit<R"(,"origin":"AWS::EC2::Instance")">();
    }
    const auto service = draft.template open<R"(,"service":)">();
    draft.template resource_member<R"(,"version":")">(key::kServiceVersion);
    draft.close(service);
    return;
  }
  draft.out.template lit<R"(,"type":"subsegment")">();
  if (draft.fields.is_aws_call()) {
    draft.out.template lit<R"(,"namespace":"aws")">();
  } else if (record.kind == SpanKind::client || record.kind == SpanKind::producer) {
    draft.out.template lit<R"(,"namespace":"remote")">();
  }
}

template <class Writer>
void write_flags(Draft<Writer>& draft) {
  if (draft.flags.error) draft.out.template lit<R"(,"error":true)">();
  if (draft.flags.throttle) draft.out.template lit<R"(,"throttle":true)">();
  if (draft.flags.fault) draft.out.template lit<R"(,"fault":true)">();
}

template <class Writer>
void write_within(const trace::SpanRecord& record, const Fields& fields, const Limits& limits,
                  Writer& out) {
  const Flags flags = flags_of(record, fields);
  Draft<Writer> draft{record, fields, flags, limits, out};
  write_identity(draft);
  write_role(draft);
  write_flags(draft);
  write_http(draft);
  write_aws(draft);
  write_cause(draft);
  write_annotations(draft);
  write_metadata(draft);
  write_links(draft);
  out.template lit<"}">();
}

// How long the document will be once it is taken out of the string it may be nested in.
std::size_t plain_size(std::string_view text, bool nested) {
  if (!nested) return text.size();
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size(); ++size) at += text[at] == '\\' ? 2 : 1;
  return size;
}

// Rather shorter strings than fewer attributes, down to a size that always fits: 4 attributes, 4
// resource attributes, 4 events and 4 links of 4 attributes, each of them 4 strings of 32 bytes and
// a key of as many, are below 40 kB even if every byte needs six.
constexpr Limits kSmaller[] = {{8192, 128}, {2048, 128}, {512, 128}, {256, 64},
                               {128, 32},   {64, 16},    {32, 4}};

template <class Writer, bool Nested>
void write_fitting(const trace::SpanRecord& record, Writer& out) {
  const Fields fields = collect_fields(record);
  const std::size_t start = out.buffer().size();
  write_within(record, fields, Limits{}, out);
  for (const Limits& limits : kSmaller) {
    const std::string_view written = out.buffer().view().substr(start);
    if (written.size() <= kMaxDocumentBytes) [[likely]] {
      return;
    }
    if (plain_size(written, Nested) <= kMaxDocumentBytes) return;
    out.buffer().truncate(start);
    write_within(record, fields, limits, out);
  }
}

}  // namespace

void write_document(const trace::SpanRecord& record, core::JsonWriter& out) {
  write_fitting<core::JsonWriter, false>(record, out);
}

void write_document(const trace::SpanRecord& record, core::NestedJsonWriter& out) {
  write_fitting<core::NestedJsonWriter, true>(record, out);
}

}  // namespace spawn::xray
