// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// An instance's metadata service, for FakeAws: version 2 only, so a request without a token that it
// gave is refused with 401, as on an instance that requires tokens. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "http/client.h"

namespace spawn::testing {

class FakeImds {
 public:
  // `path` without "/latest": "/meta-data/instance-id".
  void set(std::string path, std::string text) { texts_[std::move(path)] = std::move(text); }

  // `path` is the whole one, "/latest/…".
  http::Reply serve(const http::Request& request, std::string_view path);

 private:
  std::map<std::string, std::string, std::less<>> texts_;
  std::string token_;
};

}  // namespace spawn::testing
