// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray in memory, for FakeAws, with the limits that the real one has and moto has not: 50
// documents a call, 64 KB a document, 500 KB a trace, the charset of names, the shape of ids, 5 ids
// a BatchGetTraces, 25 reports a GetSamplingTargets. What it refuses, it refuses as X-Ray does: one
// by one, in a reply of 200. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "http/client.h"
#include "testing/fake_xray_reads.h"

namespace spawn::testing {

class FakeXRay {
 public:
  // A request to one of the API's paths, signature seen to.
  http::Reply serve(std::string_view path, std::string_view body);

  // The operation that a path is of; "" for a path that is none.
  static std::string_view operation_of(std::string_view path);

  // One as GetSamplingRules tells it: {"RuleName":"r","Priority":1,…}. Default is always there.
  void add_sampling_rule(core::Json rule) { rules_.push_back(std::move(rule)); }

  // What was accepted, as it came, in that order.
  [[nodiscard]] const std::vector<std::string>& documents() const { return documents_; }
  // The bodies of PutTelemetryRecords.
  [[nodiscard]] const std::vector<std::string>& telemetry() const { return telemetry_; }

 private:
  http::Reply put_trace_segments(std::string_view body);
  http::Reply batch_get_traces(std::string_view body) const;
  http::Reply sampling_rules() const;
  http::Reply sampling_targets(const core::Json& request) const;

  std::vector<std::string> documents_;
  std::vector<std::string> telemetry_;
  struct Segment {
    std::string id;
    std::string document;
  };
  std::map<std::string, std::vector<Segment>> traces_;
  XRayTraces parsed_;                         // the same
  std::map<std::string, std::size_t> bytes_;  // of a trace
  std::vector<core::Json> rules_;
};

}  // namespace spawn::testing
