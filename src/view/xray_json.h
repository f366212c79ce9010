// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Summaries and service graphs as X-Ray's API writes them, for the local X-Ray API and for
// --output json; and summaries as they are read from it.
// https://docs.aws.amazon.com/xray/latest/api/
#pragma once

#include <optional>

#include "core/json.h"
#include "core/json_write.h"
#include "view/service_graph.h"
#include "view/summary.h"

namespace spawn::view {

// A TraceSummary object of GetTraceSummaries.
void write_summary(const TraceSummary& trace, core::JsonWriter& out);
// Nothing when it has no trace id; members of another type count as absent. Which services are
// inferred is not told there.
std::optional<TraceSummary> read_summary(const core::Json& summary);

// The list `Services` of GetServiceGraph and GetTraceGraph.
void write_services(const ServiceGraph& graph, core::JsonWriter& out);

// "SummaryStatistics" of an edge or a service, for
// GetTimeSeriesServiceStatistics too.
void write_statistics(const Statistics& statistics, core::JsonWriter& out);
void write_histogram(const std::vector<HistogramEntry>& entries, core::JsonWriter& out);

}  // namespace spawn::view
