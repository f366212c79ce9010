// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One record → one X-Ray segment document, written straight into the request body in one pass.
// Segment: no parent, a remote parent, or kind SERVER or CONSUMER; named by the service, with
// origin. Subsegment: all else, with parent_id; an AWS call is named by its service as AWS spells
// it, namespace "aws". Blocks are written by document_{http,aws,cause}.cc. Field rules:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
#pragma once

#include <cstddef>

#include "core/json_write.h"
#include "trace/span_record.h"

namespace spawn::xray {

inline constexpr std::size_t kMaxDocumentBytes = 65536;  // 64 KB, before it is escaped for the body
inline constexpr std::size_t kMaxDocumentsPerCall = 50;

// Plain: the document itself.
void write_document(const trace::SpanRecord& record, core::JsonWriter& out);
// Nested: as it looks inside the JSON string of TraceSegmentDocuments, without the outer quotes.
void write_document(const trace::SpanRecord& record, core::NestedJsonWriter& out);

}  // namespace spawn::xray
