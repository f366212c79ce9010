// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a document needs to know of a record's attributes, collected in one pass over them by the
// document writer. Reads the guide's names and the semantic conventions, and the conventions' older
// HTTP names, which foreign programs still send. Views point into the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "trace/span_record.h"

namespace spawn::xray {

inline constexpr std::size_t kMaxTextCharacters = 250;  // most strings of a document
inline constexpr std::string_view kAwsApi = "aws-api";  // rpc.system of AWS's calls

struct Fields {
  std::string_view aws_service;
  std::string_view rpc_system;
  std::string_view rpc_service;
  std::string_view operation;  // by the stronger name, or else by the other one
  std::string_view rpc_method;
  std::string_view region;
  std::string_view cloud_region;
  std::string_view request_id;
  std::string_view extended_request_id;
  std::string_view error_type;
  std::string_view peer;  // the service or host that was called

  std::string_view http_method;
  std::string_view http_url;
  std::string_view user_agent;
  std::string_view client_ip;
  std::int64_t http_status = 0;  // 0: none
  std::int64_t content_length = -1;

  std::int64_t attempts = 0;
  std::string_view bucket;
  std::string_view object_key;
  std::string_view queue_url;
  std::optional<trace::Value> tables;

  std::optional<trace::Value> instance_id;
  std::optional<trace::Value> job_array_id;
  std::optional<trace::Value> job_array_index;

  bool segment = false;  // is_segment(record)
  // Bit i: a block of its own says all of the i-th attribute, so that metadata need not repeat it
  // (to_span.cc reads it back from there).
  std::uint64_t held = 0;

  [[nodiscard]] bool is_aws_call() const { return !aws_service.empty() || rpc_system == kAwsApi; }
};

Fields collect_fields(const trace::SpanRecord& record);

// Segment: the first span of this process in its trace. Everything else is a subsegment.
bool is_segment(const trace::SpanRecord& record);

// X-Ray derives nothing from the status code: a document without flags is shown as a success. A
// throttled call is an error, whatever status the service chose for it (EC2 says 503, DynamoDB
// 400).
struct Flags {
  bool error = false;
  bool fault = false;
  bool throttle = false;

  [[nodiscard]] bool any() const { return error || fault; }
};
Flags flags_of(const trace::SpanRecord& record, const Fields& fields);

// "ec2" → "EC2": the spelling that draws the service's node. Unknown services stay as they are.
std::string_view aws_spelling(std::string_view service);

}  // namespace spawn::xray
