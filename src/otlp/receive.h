// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A request to POST /v1/traces, from its body to its answer, for whoever receives OTLP over HTTP.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "core/result.h"
#include "http/client.h"
#include "trace/format.h"

namespace spawn::otlp {

// Takes the spans that could be read. An error: none was taken, and the sender may try again.
using TakeSpans = std::function<core::Status(trace::SpanSet& set)>;

// 200, with what was rejected and why; 400 when nothing could be read; 415 for another content
// type; 503 when `take` failed. The body is not compressed any more. Of one request, `max_spans`
// are read; the rest is rejected.
http::Reply receive(const http::Headers& headers, std::string_view body, const TakeSpans& take,
                    std::size_t max_spans = SIZE_MAX);

// google.rpc.Status, in the request's encoding (JSON where it has none of ours).
http::Reply refusal(int status, std::string_view message, const http::Headers& headers);

}  // namespace spawn::otlp
