// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What an X-Ray segment or subsegment document says, as far as lists of traces,
// filters and the service graph need it: read by src/xray, summarised by
// src/view. Times are nanoseconds since the epoch.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "trace/ids.h"

namespace spawn::trace {

struct HttpFacts {
  std::string url;
  std::string method;
  std::string user_agent;
  std::string client_ip;
  std::int64_t status = 0;  // 0: unknown

  friend bool operator==(const HttpFacts&, const HttpFacts&) = default;
};

struct ExceptionFacts {
  std::string type;
  std::string message;
};

using AnnotationValue = std::variant<std::string, bool, double>;

struct SegmentFacts {
  SpanId id;
  SpanId parent_id;       // not valid: none
  bool segment = false;   // else a subsegment
  bool call = false;      // a subsegment that calls another service (it has a namespace)
  bool aws_call = false;  // a call to one of AWS's
  bool no_span = false;   // a segment that was only written around its call
  std::string name;       // of the service that it draws on the map
  std::string type;       // of that service: "AWS::EC2::Instance", "AWS::S3::Bucket",
                          // "remote", ""
  std::string alias;      // another name of it: "S3" of a bucket
  std::string span_name;  // "S3.PutObject"
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;  // start_ns while it is in progress
  bool in_progress = false;
  bool error = false;
  bool fault = false;
  bool throttle = false;
  HttpFacts http;
  std::string user;
  std::string account_id;
  std::string instance_id;
  std::string availability_zone;
  std::string resource_arn;
  std::vector<std::pair<std::string, AnnotationValue>> annotations;
  std::vector<ExceptionFacts> exceptions;
};

}  // namespace spawn::trace
