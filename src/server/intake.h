// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything that comes in, into the store: segment documents, one call's or one datagram's, and
// OTLP requests. What cannot be taken is told, one by one; the rest is taken. When a function
// returns, what it took survives the process.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "server/exchange.h"
#include "server/segment_check.h"
#include "store/trace_store.h"

namespace spawn::server {

struct Unprocessed {
  std::string id;  // "" when the document has none that can be read
  Refusal why;
};

// An Error: none of them was taken, since the store could not be written to.
core::Result<std::vector<Unprocessed>> take_documents(store::TraceStore& store,
                                                      std::span<const std::string_view> documents);

// PutTraceSegments' request and reply.
http::Reply put_trace_segments(store::TraceStore& store, const core::Json& request);

// What SDKs send to the daemon. One line about each that was not taken.
std::vector<std::string> take_datagrams(store::TraceStore& store,
                                        std::span<const std::string_view> datagrams);

// POST /v1/traces.
http::Reply export_traces(store::TraceStore& store, const Request& request);

}  // namespace spawn::server
