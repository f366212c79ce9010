// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// As much of S3, in memory, as real clients need to store, list and fetch objects with their
// metadata, addressed by path or by host. A bucket is there as soon as it is named. Not
// thread-safe.
#pragma once

#include <map>
#include <string>

#include "http/client.h"

namespace spawn::testing {

class FakeS3 {
 public:
  http::Reply serve(const http::Request& request);

 private:
  struct Object {
    std::string body;
    http::Headers headers;  // Content-Type and x-amz-meta-*
  };
  [[nodiscard]] http::Reply list(const std::string& query, const std::string& bucket) const;

  std::map<std::string, Object> objects_;  // by "/bucket/key", as it was sent
};

}  // namespace spawn::testing
