// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Keeps equal resources once, for readers: most spans of a file name the same few. Hands out
// pointers into the owner that it was given (a Trace's or a SpanSet's resources).
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "trace/resource.h"

namespace spawn::trace {

class ResourcePool {
 public:
  explicit ResourcePool(std::vector<std::unique_ptr<const Resource>>& owner) : owner_(owner) {}

  const Resource* get(Resource resource);

 private:
  std::vector<std::unique_ptr<const Resource>>& owner_;
  std::unordered_map<std::string, std::vector<const Resource*>> by_service_;
};

}  // namespace spawn::trace
