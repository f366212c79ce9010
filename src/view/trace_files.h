// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace as other tools read it: Jaeger's JSON (what its UI downloads and uploads) and the Trace
// Event Format of Chrome and Perfetto. Pure. https://github.com/jaegertracing/jaeger-ui
// (types/trace.tsx) https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
#pragma once

#include "core/json_write.h"
#include "trace/source.h"

namespace spawn::view {

void write_jaeger(const trace::Trace& trace, core::JsonWriter& out);

// A process a service; a span goes into the first lane of its service that is free or whose span it
// lies in, as the format nests spans of one lane.
void write_chrome(const trace::Trace& trace, core::JsonWriter& out);

}  // namespace spawn::view
