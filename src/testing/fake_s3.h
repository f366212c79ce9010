// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// As much of S3, in memory, as real clients need to store and fetch an object by path-style
// address. Not thread-safe.
#pragma once

#include <map>
#include <string>

#include "http/client.h"

namespace spawn::testing {

class FakeS3 {
 public:
  // `path` is "/bucket" or "/bucket/key", as it was sent.
  http::Reply serve(const http::Request& request, const std::string& path);

 private:
  std::map<std::string, std::string> objects_;  // by path
};

}  // namespace spawn::testing
