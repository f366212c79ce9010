// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/document.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "xray/draft.h"
#include "xray/forest.h"
#include "xray/names.h"
#include "xray/subject.h"

namespace spawn::xray {
namespace {

using trace::SpanKind;

// The one of a segment that is written around its span: the span's, mixed (splitmix64), so that a
// document in progress and the last one have the same.
trace::SpanId wrapper_id(trace::SpanId span) {
  std::uint64_t z = span.value ^ 0xA5A5'5A5A'C3C3'3C3CU;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  z ^= z >> 31;
  return {z == 0 ? 1 : z};
}

template <class Writer>
[[gnu::always_inline]] inline void write_times(Draft<Writer>& draft) {
  draft.out.template lit<R"(,"start_time":)">();
  draft.time(draft.record.start_ns);
  if (draft.record.in_progress) {
    draft.out.template lit<R"(,"in_progress":true)">();
  } else {
    draft.out.template lit<R"(,"end_time":)">();
    draft.time(std::max(draft.record.start_ns, draft.record.end_ns));
  }
}

// The id stands before all other ids: the X-Ray daemon takes the first one it finds for the
// document's.
template <class Writer>
[[gnu::always_inline]] inline void write_id_and_name(Draft<Writer>& draft, trace::SpanId id) {
  std::string fitted;
  std::string storage;
  const std::string_view name = draft.segment ? service_of(draft.record, draft.fields)
                                              : callee_of(draft.record, draft.fields, storage);
  draft.out.template lit<R"({"id":")">();
  draft.span_id(id);
  draft.out.template lit<R"(","name":")">();
  if (draft.settings.ascii_names) [[unlikely]] {
    draft.out.string_body(ascii_name(name));
  } else {
    draft.out.string_body(fit_name(name, fitted));
  }
}

template <class Writer>
[[gnu::always_inline]] inline void write_identity(Draft<Writer>& draft, trace::SpanId id) {
  const trace::SpanRecord& record = draft.record;
  write_id_and_name(draft, id);
  draft.out.template lit<R"(","trace_id":")">();
  draft.trace_id(record.trace_id);
  if (record.parent_id.valid()) {
    draft.out.template lit<R"(","parent_id":")">();
    draft.span_id(record.parent_id);
  }
  draft.out.template lit<"\"">();
  write_times(draft);
}

template <class Writer>
[[gnu::always_inline]] inline void write_namespace(Draft<Writer>& draft) {
  const SpanKind kind = draft.record.kind;
  if (draft.fields.aws_call) {
    draft.out.template lit<R"(,"namespace":"aws")">();
  } else if (kind == SpanKind::client || kind == SpanKind::producer ||
             (kind != SpanKind::internal && draft.fields.has(Field::remote_service))) {
    draft.out.template lit<R"(,"namespace":"remote")">();
  }
}

template <class Writer>
[[gnu::always_inline]] inline void write_flags(Draft<Writer>& draft) {
  if (draft.flags.error) draft.out.template lit<R"(,"error":true)">();
  if (draft.flags.throttle) draft.out.template lit<R"(,"throttle":true)">();
  if (draft.flags.fault) draft.out.template lit<R"(,"fault":true)">();
}

// What the span says of itself.
template <class Writer>
[[gnu::always_inline]] inline void write_blocks(Draft<Writer>& draft) {
  write_flags(draft);
  write_http(draft);
  write_aws(draft);
  if (draft.fields.has(Field::db_system)) write_sql(draft);
  const trace::SpanRecord& record = draft.record;
  if (draft.flags.any() || record.event_count() > 0 || record.status == trace::StatusCode::error) {
    write_cause(draft);
  }
  write_annotations(draft);
  write_metadata(draft);
}

// The spans that go into their parent's document: where the parent is, and where the document
// began.
struct Below {
  Forest* forest = nullptr;  // none
  std::uint32_t parent = 0;
  std::size_t start = 0;
};

template <class Writer>
void write_below(const Below& below, const DocumentSettings& settings, Writer& out);

// A subsegment in its parent's document: most of its identity is the document's.
template <class Writer>
void write_inside(Draft<Writer>& draft, const Below& below) {
  write_id_and_name(draft, draft.record.span_id);
  draft.out.template lit<"\"">();
  write_times(draft);
  write_namespace(draft);
  write_blocks(draft);
  write_below(below, draft.settings, draft.out);
  draft.out.template lit<"}">();
}

template <class Writer>
void write_below(const Below& below, const DocumentSettings& settings, Writer& out) {
  if (below.forest == nullptr) return;
  Forest& forest = *below.forest;
  std::uint32_t before = Forest::kNone;
  std::uint32_t at = forest.first_child(below.parent);
  while (at != Forest::kNone) {
    const std::size_t end = out.buffer().size();
    const trace::SpanRecord& record = forest.span(at);
    const Fields fields = collect_fields(record);
    if (fields.segment) {
      const std::uint32_t next = forest.next(at);
      forest.cut_one(below.parent, before);
      at = next;
      continue;
    }
    if (before == Forest::kNone) {
      out.template lit<R"(,"subsegments":[)">();
    } else {
      out.template lit<",">();
    }
    const Flags flags = flags_of(record, fields);
    const Limits whole;
    Draft<Writer> draft{record, fields, flags, whole, settings, out, false};
    write_inside(draft, {&forest, at, below.start});
    if (out.buffer().size() - below.start > kMaxTreeBytes) {
      out.buffer().truncate(end);
      forest.cut_rest(below.parent, before);
      break;
    }
    before = std::exchange(at, forest.next(at));
  }
  if (before != Forest::kNone) out.template lit<"]">();
}

template <class Writer>
void write_one(Draft<Writer>& draft, const Below& below) {
  write_identity(draft, draft.record.span_id);
  if (draft.segment) {
    write_service(draft);
  } else {
    draft.out.template lit<R"(,"type":"subsegment")">();
    write_namespace(draft);
  }
  write_blocks(draft);
  if (draft.record.link_count() > 0) write_links(draft);
  write_below(below, draft.settings, draft.out);
  draft.out.template lit<"}">();
}

// The segment is the process, the subsegment in it is the span.
template <class Writer>
[[gnu::noinline]] void write_wrapped(Draft<Writer>& draft, const Below& below) {
  draft.segment = true;
  write_identity(draft, wrapper_id(draft.record.span_id));
  write_service(draft);
  write_flags(draft);
  write_aws(draft);
  write_wrapper_metadata(draft);
  write_links(draft);
  draft.out.template lit<R"(,"subsegments":[)">();
  draft.segment = false;
  write_inside(draft, below);
  draft.out.template lit<"]}">();
}

template <class Writer>
void write_within(const trace::SpanRecord& record, const Fields& fields, const Limits& limits,
                  const DocumentSettings& settings, const Below& below, Writer& out) {
  const Flags flags = flags_of(record, fields);
  Draft<Writer> draft{record, fields, flags, limits, settings, out, fields.segment};
  if (fields.wrapped) {
    write_wrapped(draft, below);
  } else {
    write_one(draft, below);
  }
}

// How long the document will be once it is taken out of the string it may be nested in.
std::size_t plain_size(std::string_view text, bool nested) {
  if (!nested) return text.size();
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size(); ++size) at += text[at] == '\\' ? 2 : 1;
  return size;
}

// Rather shorter strings than fewer attributes, down to a size that always fits: 4 attributes, 4
// named like the resource's, 4 of the resource, 4 events and 4 links of 4 attributes, each of them
// 4 strings of 32 bytes and a key of as many, are below 49 kB even if every byte needs six; and so
// are all blocks together, with 4 exceptions of 4 frames, below 15 kB.
constexpr Limits kSmaller[] = {{8192, 128}, {2048, 128}, {512, 128}, {256, 64},
                               {128, 32},   {64, 16},    {32, 4}};

template <class Writer, bool Nested>
void write_fitting(const trace::SpanRecord& record, const DocumentSettings& settings, Below below,
                   Writer& out) {
  const Fields fields = collect_fields(record);
  const std::size_t start = out.buffer().size();
  below.start = start;
  write_within(record, fields, Limits{}, settings, below, out);
  for (const Limits& limits : kSmaller) {
    const std::string_view written = out.buffer().view().substr(start);
    if (written.size() <= kMaxDocumentBytes) [[likely]] {
      return;
    }
    if (plain_size(written, Nested) <= kMaxDocumentBytes) return;
    // Nothing is below it any more: it did not fit.
    out.buffer().truncate(start);
    write_within(record, fields, limits, settings, {}, out);
  }
}

}  // namespace

const DocumentSettings kDefaultDocument;

void write_document(const trace::SpanRecord& record, core::JsonWriter& out,
                    const DocumentSettings& settings) {
  write_fitting<core::JsonWriter, false>(record, settings, {}, out);
}

void write_document(const trace::SpanRecord& record, core::NestedJsonWriter& out,
                    const DocumentSettings& settings) {
  write_fitting<core::NestedJsonWriter, true>(record, settings, {}, out);
}

void write_tree(Forest& forest, std::uint32_t root, core::NestedJsonWriter& out,
                const DocumentSettings& settings) {
  write_fitting<core::NestedJsonWriter, true>(forest.span(root), settings, {&forest, root, 0}, out);
}

trace::SpanId document_id(const trace::SpanRecord& record) {
  return collect_fields(record).wrapped ? wrapper_id(record.span_id) : record.span_id;
}

}  // namespace spawn::xray
