// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray in memory, for FakeAws, with the limits that the real one has and moto has not: 50
// documents a call, 64 KB a document, the charset of names, the shape of ids, 5 ids a
// BatchGetTraces. What it refuses, it refuses as X-Ray does: one by one, in a reply of 200. Not
// thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"

namespace spawn::testing {

class FakeXRay {
 public:
  // A request to one of the API's paths, signature seen to.
  http::Reply serve(std::string_view path, std::string_view body);

  // What was accepted, as it came, in that order.
  [[nodiscard]] const std::vector<std::string>& documents() const { return documents_; }

 private:
  http::Reply put_trace_segments(std::string_view body);
  http::Reply batch_get_traces(std::string_view body) const;

  std::vector<std::string> documents_;
  struct Segment {
    std::string id;
    std::string document;
  };
  std::map<std::string, std::vector<Segment>> traces_;
};

}  // namespace spawn::testing
