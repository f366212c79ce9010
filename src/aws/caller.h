// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The one door to AWS. A service turns an operation into a Call; `Caller::call` is the only way it
// leaves. Tracing, retrying and signing are layers on this one method, put together in aws/stack.h:
//
//   Tracing( Retrying( Redirecting( AttemptTracing( Signing( Http )))))   for our own calls
//            Retrying( Redirecting(                 Signing( Http )))     for exporters: they can
//            never trace themselves
//
// A call that fails is a Failure: its Error begins "XRay PutTraceSegments: " and carries AWS's own
// code, beside it are request id, status and timings, which spans and retry need. No secret is in
// either.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/url.h"
#include "http/client.h"
#include "telemetry/current.h"
#include "trace/attribute.h"
#include "trace/span_record.h"

namespace spawn::aws {

// What does not change about a service. Instances are constants in aws/services/.
enum class Protocol { rest_json, json_1_0, json_1_1, query, ec2_query, rest_xml };
struct ServiceInfo {
  std::string_view id;                 // "XRay": the model's serviceId, for span names
  std::string_view endpoint_prefix;    // "xray"
  std::string_view signing_name;       // "xray"
  std::string_view endpoint_variable;  // "XRAY" of AWS_ENDPOINT_URL_XRAY
  Protocol protocol = Protocol::rest_json;
  bool normalize_path = true;           // S3: neither normalised nor encoded twice (sigv4.h)
  std::string_view target_prefix = {};  // "DynamoDB_20120810": of X-Amz-Target; json_1_0, json_1_1
};

struct Reply;
struct Failure;
using Outcome = tl::expected<Reply, Failure>;

// One operation, ready to be sent. A value: each attempt signs its own copy.
struct Call {
  const ServiceInfo* service = nullptr;
  std::string operation;  // "PutTraceSegments"
  std::string region;     // signing region
  std::string method = "POST";
  core::Url url;          // endpoint + path + query, encoded
  http::Headers headers;  // before signing
  http::Body body;
  http::BodySource* body_source = nullptr;  // instead of `body`; S3 only. Outlives the call,
  http::BodySink* body_sink = nullptr;      // as this, which takes the body of a good reply
  bool idempotent = true;  // may be sent again when it is unknown whether it arrived
  int attempt = 1;         // set by RetryingCaller
  core::Nanos backoff{0};  // waited before this attempt; set by RetryingCaller
  core::Deadline deadline = core::Deadline::never();
  trace::SpanKind kind = trace::SpanKind::client;  // of the call span; a message's sender: producer
  // Of the call span: what the request tells, constants of trace/attributes.h as keys.
  std::vector<std::pair<std::string_view, trace::OwnedValue>> attributes;
  // What the outcome adds to the call span.
  void (*describe)(const Outcome& outcome, trace::SpanRecord& span) = nullptr;
  // Puts the call span's context where the service hands it on, beside the header: into the body.
  std::function<void(Call& call, const telemetry::ActiveContext& context)> inject;
  // A poll that brought nothing: it makes no span unless it is part of a trace, or failed.
  bool (*is_idle)(const Reply& reply) = nullptr;
  std::vector<core::Secret> hidden;  // in the request; never shown, should a service echo them
};

struct Reply {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::string request_id;            // "" when the service sent none
  std::string extended_request_id;   // S3's x-amz-id-2
  std::string region;                // where it came from, when that is not Call::region
  std::uint64_t streamed_bytes = 0;  // that went to the sink
  http::Timings timings;
  std::string peer_address;
  int attempts = 1;
};

// A call that failed. `error` says it for people and for Result; the rest is for spans and retry.
struct Failure {
  core::Error error;
  std::string message;   // the reason alone, without service, operation and code
  std::string aws_code;  // "ThrottledException"; "" when there was no reply, or none in it
  std::string request_id;
  std::string extended_request_id;
  std::string bucket_region;         // S3: where the bucket is
  std::uint64_t streamed_bytes = 0;  // that went to the sink before it broke off
  int status = 0;                    // 0: no reply
  bool throttled = false;
  bool retryable = false;
  std::optional<core::Nanos> clock_offset;  // server's Date minus ours, when it is far off
  http::Timings timings;
  std::string peer_address;
  int attempts = 1;
};

class Caller {
 public:
  Caller() = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  virtual ~Caller() = default;

  virtual Outcome call(const Call& call) = 0;
};

// For all who need no more of a Failure than its Error.
inline core::Result<Reply> call_for_reply(Caller& caller, const Call& call) {
  auto outcome = caller.call(call);
  if (!outcome) return core::fail(std::move(outcome.error().error));
  return std::move(*outcome);
}

}  // namespace spawn::aws
