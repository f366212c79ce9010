// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace in short, for lists, filters and the service graph: what X-Ray's
// GetTraceSummaries says of it, and every visit to a service in it. Times are
// nanoseconds since the epoch, durations nanoseconds. Rules:
// https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "trace/ids.h"
#include "trace/segment_facts.h"

namespace spawn::view {

struct ServiceId {
  std::string name;
  std::string type;  // "AWS::EC2::Instance"; "remote" of a callee that is none
                     // of AWS's; may be ""
  std::string account_id;

  friend bool operator==(const ServiceId&, const ServiceId&) = default;
  friend auto operator<=>(const ServiceId&, const ServiceId&) = default;
};

struct Service {
  ServiceId id;
  std::string alias;      // another name of it: "S3" of a bucket; may be ""
  bool inferred = false;  // only its callers told of it
  bool root = false;      // requests from outside come in here
};

using trace::AnnotationValue;
using trace::ExceptionFacts;
using trace::HttpFacts;

using ServiceIndex = std::uint32_t;  // of TraceSummary::services
inline constexpr ServiceIndex kNoService = static_cast<ServiceIndex>(-1);
inline constexpr ServiceIndex kClient = static_cast<ServiceIndex>(-2);  // who called from outside

struct Outcome {
  std::int64_t start_ns = 0;
  std::int64_t duration_ns = 0;  // 0 while in progress
  bool error = false;            // the caller's fault: 4xx
  bool fault = false;            // the callee's: 5xx, or a failure without a status
  bool throttle = false;
  bool in_progress = false;

  [[nodiscard]] bool ok() const { return !error && !fault && !throttle; }
};

// What few visits have.
struct VisitDetails {
  HttpFacts http;
  std::string user;
  std::string instance_id;
  std::string availability_zone;
  std::string resource_arn;
  std::vector<ExceptionFacts> exceptions;
};

// One time that a service did something in the trace: a segment, or a call to a
// service that sent none.
struct Visit {
  ServiceIndex service = kNoService;
  ServiceIndex caller = kNoService;  // or kClient; kNoService when the caller is not known
  Outcome own;                       // as the service itself saw it
  Outcome call;                      // as its caller did; equal to `own` when nobody else told
  std::uint32_t details = static_cast<std::uint32_t>(-1);  // of TraceSummary::details
};

struct Annotation {
  std::string key;
  AnnotationValue value;
  std::vector<ServiceIndex> services;  // who said so
};

struct User {
  std::string name;
  std::vector<ServiceIndex> services;
};

struct TraceSummary {
  trace::TraceId id;
  std::int64_t start_ns = 0;
  std::int64_t duration_ns = 0;                  // from the root's start to the latest end of all
  std::optional<std::int64_t> response_time_ns;  // of the root segment, once it ended
  bool has_fault = false;                        // of the root segment
  bool has_error = false;                        // of the root segment
  bool has_throttle = false;                     // of any segment
  bool is_partial = false;                       // a segment has not ended
  HttpFacts http;                                // of the root segment
  std::vector<Annotation> annotations;           // by key, then in the order of their services
  std::vector<User> users;
  std::vector<Service> services;
  std::vector<std::string> resource_arns;
  std::vector<std::string> instance_ids;
  std::vector<std::string> availability_zones;
  std::optional<ServiceIndex> entry_point;

  // Beyond what X-Ray tells; empty for a summary that X-Ray made.
  std::vector<Visit> visits;
  std::vector<VisitDetails> details;
  std::string root_name;  // of the root span
  std::size_t spans = 0;
  std::size_t errors = 0;  // spans that failed, attempts not counted
};

// Facts in any order; of several versions of a segment the last that ended
// counts. Root: the earliest segment without a parent; while there is none, the
// earliest segment, and without segments the earliest subsegment, stands for
// it.
TraceSummary summarize(const trace::TraceId& id, std::span<const trace::SegmentFacts> facts);

}  // namespace spawn::view
