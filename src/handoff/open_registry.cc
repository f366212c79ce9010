// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/open_registry.h"

#include <utility>

#include "handoff/dynamodb_registry.h"
#include "handoff/sqlite_registry.h"

namespace spawn::handoff {

core::Result<std::unique_ptr<Registry>> open_registry(aws::Session* session,
                                                      telemetry::Tracer& tracer,
                                                      const core::Env& env) {
  if (session != nullptr) return open_dynamodb_registry(*session, tracer);
  const auto path = registry_path(env);
  if (!path) return core::fail(path.error());
  auto registry = SqliteRegistry::open(*path);
  if (!registry) return core::fail(std::move(registry.error()));
  return std::move(*registry);
}

}  // namespace spawn::handoff
