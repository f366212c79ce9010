// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/resource_pool.h"

#include <utility>

namespace spawn::trace {

const Resource* ResourcePool::get(Resource resource) {
  auto& alike = by_service_[std::string(resource.service_name())];
  for (const Resource* known : alike) {
    if (known->attributes() == resource.attributes()) return known;
  }
  owner_.push_back(std::make_unique<const Resource>(std::move(resource)));
  alike.push_back(owner_.back().get());
  return alike.back();
}

}  // namespace spawn::trace
