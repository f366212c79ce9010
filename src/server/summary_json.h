// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Traces in short, service graphs and unfinished spans as the page reads them (README.md). Pure.
#pragma once

#include "core/json.h"
#include "server/digest.h"
#include "view/service_graph.h"

namespace spawn::server {

core::Json page_summary(const Digest& digest);
core::Json page_graph(const view::ServiceGraph& graph);
// Of one trace: {"start","end","services"}
core::Json trace_graph_json(const view::TraceSummary& summary);

// {"trace","id","parent","service","name","start","age"}
core::Json page_unfinished(const trace::TraceId& trace, const Unfinished& span,
                           std::int64_t now_ns);

}  // namespace spawn::server
