// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a receiver of OTLP answers: ExportTraceServiceResponse after a success, google.rpc.Status
// after a failure, each as protobuf or JSON, as its Content-Type says.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.h"

namespace spawn::otlp {

struct PartialSuccess {
  std::int64_t rejected_spans = 0;
  std::string message;
};

// Nothing when it is no ExportTraceServiceResponse. An empty body is one: all was taken.
std::optional<PartialSuccess> read_success(const http::Reply& reply);

// As a receiver writes them; partial success is only told when something was rejected or there is
// a message. `code` is google.rpc.Code.
std::string write_success(const PartialSuccess& partial, bool json);
std::string write_failure(int code, std::string_view message, bool json);

// The message of a failure, "" when there is none that can be read.
std::string read_failure(const http::Reply& reply);

// How long we are asked to wait: seconds or an HTTP date (RFC 9110, 10.2.3); `wall_ns` is our time.
std::optional<core::Nanos> retry_after(const http::Headers& headers, std::int64_t wall_ns);

}  // namespace spawn::otlp
