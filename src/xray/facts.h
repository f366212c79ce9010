// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What X-Ray makes of documents before it draws anything: names and types of
// services, flags, annotations. For the local X-Ray API, which gets documents,
// and for lists of traces that come as spans, which go through their documents,
// so that both tell the same.
#pragma once

#include <string_view>
#include <vector>

#include "core/json.h"
#include "trace/segment_facts.h"
#include "trace/source.h"

namespace spawn::xray {

// Appends the facts of a document and of the subsegments in it. What has no id,
// no start time or is no document at all is left out.
void add_facts(const core::Json& document, std::vector<trace::SegmentFacts>& facts);

std::vector<trace::SegmentFacts> facts_of(const std::vector<trace::SpanRecord>& spans);
// Of the documents, and of the spans that none of them tells of.
std::vector<trace::SegmentFacts> facts_of(const std::vector<trace::SpanRecord>& spans,
                                          const std::vector<std::string_view>& documents);

}  // namespace spawn::xray
