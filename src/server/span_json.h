// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Spans as the page reads them (README.md, SPAN). Pure.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/json_write.h"
#include "trace/segment_facts.h"
#include "trace/source.h"

namespace spawn::server {

// What the documents of a trace say is annotated, by span.
using Annotations =
    std::unordered_map<trace::SpanId, std::vector<std::pair<std::string, trace::AnnotationValue>>>;

// {"id":…,"start":…,"end":…,"notes":[…],"documents":…,"resources":[…],"spans":[…]}. Of a span that
// `told` does not have, what its own document would annotate.
void write_trace(const trace::Trace& trace, bool documents, const Annotations& told,
                 core::CharBuffer& out);

}  // namespace spawn::server
