// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/span_attributes.h"

#include <string_view>

#include "aws/errors.h"
#include "trace/attributes.h"

namespace spawn::aws {
namespace {

namespace key = trace::key;

void set_if_any(trace::SpanRecord& record, std::string_view name, std::string_view value) {
  if (!value.empty()) record.set(name, value);
}

// Reply and Failure have these in common.
template <typename ReplyOrFailure>
void set_what_came(trace::SpanRecord& record, const ReplyOrFailure& came) {
  set_if_any(record, key::kAwsRequestId, came.request_id);
  set_if_any(record, key::kAwsExtendedRequestId, came.extended_request_id);
  if (came.status != 0) record.set(key::kHttpStatus, came.status);
  set_if_any(record, key::kPeerAddress, came.peer_address);
}

}  // namespace

void set_call(trace::SpanRecord& record, const Call& call) {
  const ServiceInfo& service = *call.service;
  record.set(key::kAwsService, service.endpoint_prefix);
  record.set(key::kAwsOperation, call.operation);
  record.set(key::kAwsRegion, call.region);
  record.set(key::kRpcSystem, "aws-api");
  record.set(key::kRpcService, service.id);
  record.set(key::kRpcMethod, call.operation);
  record.set(key::kCloudRegion, call.region);
  record.set(key::kServerAddress, call.url.host);
  record.set(key::kServerPort, static_cast<std::int64_t>(call.url.port));
}

void set_streams(trace::SpanRecord& record, const Call& call, const Outcome& outcome) {
  if (call.body_source != nullptr) {
    record.set(key::kHttpRequestBodySize, static_cast<std::int64_t>(call.body_source->size()));
  }
  if (call.body_sink != nullptr) {
    const auto bytes = outcome ? outcome->streamed_bytes : outcome.error().streamed_bytes;
    record.set(key::kHttpResponseBodySize, static_cast<std::int64_t>(bytes));
  }
}

void set_outcome(trace::SpanRecord& record, const Outcome& outcome) {
  record.set(key::kError, !outcome.has_value());
  if (outcome) {
    set_what_came(record, *outcome);
    if (!outcome->region.empty()) {
      record.set(key::kAwsRegion, outcome->region);
      record.set(key::kCloudRegion, outcome->region);
    }
    return;
  }
  const Failure& failure = outcome.error();
  set_what_came(record, failure);
  record.set(key::kErrorType, error_type(failure));
  record.set_status(trace::StatusCode::error, failure.message);
}

}  // namespace spawn::aws
