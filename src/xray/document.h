// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A record, or a tree of them → an X-Ray segment document, written straight into the request body
// in one pass. Segment: no parent, a remote parent, kind SERVER or CONSUMER, or marked as a local
// root; named by the service, with origin. Subsegment: all else, with parent_id; an AWS call is
// named by its service as AWS spells it, namespace "aws". A segment whose span calls somebody is a
// segment around a subsegment, so that the callee is on the map too. Every document is valid by the
// published schema and below every limit, whatever the record holds. Blocks are written by
// document_*.cc from the tables of mapping.h, which people read as
// docs/reference/xray-mapping.md. Field rules:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/json_write.h"
#include "trace/document_settings.h"
#include "trace/span_record.h"

namespace spawn::xray {

inline constexpr std::size_t kMaxDocumentBytes = 65536;  // 64 KB, before it is escaped for the body
// A document with subsegments in it, as it is escaped: it is never the one that must be shortened.
inline constexpr std::size_t kMaxTreeBytes = 60'000;
inline constexpr std::size_t kMaxDocumentsPerCall = 50;
inline constexpr std::size_t kMaxAnnotations = 50;             // a trace
inline constexpr std::size_t kMaxAnnotationCharacters = 1000;  // schema 1.0.0

using trace::DocumentSettings;
class Forest;
extern const DocumentSettings kDefaultDocument;

// Plain: the document itself.
void write_document(const trace::SpanRecord& record, core::JsonWriter& out,
                    const DocumentSettings& settings = kDefaultDocument);
// Nested: as it looks inside the JSON string of TraceSegmentDocuments, without the outer quotes.
void write_document(const trace::SpanRecord& record, core::NestedJsonWriter& out,
                    const DocumentSettings& settings = kDefaultDocument);

// The same with the spans that the forest has below it, as subsegments in it. Those that make it
// too large get documents of their own, and so do those that begin a segment (Forest::cut_rest,
// cut_one).
void write_tree(Forest& forest, std::uint32_t root, core::NestedJsonWriter& out,
                const DocumentSettings& settings = kDefaultDocument);

// The id of the record's document, by which X-Ray refuses it: the span's, unless the document is a
// segment around it.
trace::SpanId document_id(const trace::SpanRecord& record);

}  // namespace spawn::xray
