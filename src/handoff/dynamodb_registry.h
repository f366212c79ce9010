// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The registry in the account's table spawn-hybrid-registry: where EC2 members and, with AWS
// configured, local ones meet. The table is made when the first launch finds none: paid by request,
// with time to live on expires_at. Readers and members never make it.
#pragma once

#include <memory>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "aws/services/dynamodb.h"
#include "aws/session.h"
#include "handoff/registry.h"
#include "telemetry/tracer.h"

namespace spawn::handoff {

class DynamoDbRegistry final : public Registry {
 public:
  // The references must outlive it.
  DynamoDbRegistry(aws::Caller& caller, aws::Endpoint endpoint, telemetry::Tracer& tracer)
      : caller_(caller), endpoint_(std::move(endpoint)), tracer_(tracer) {}

  core::Status publish_launch(const Row& row, core::Deadline deadline) override;
  core::Result<Row> read_launch(const LaunchId& id, core::Deadline deadline) override;
  core::Status register_member(const Row& row, core::Deadline deadline) override;
  core::Status heartbeat(const LaunchId& id, std::string_view instance_id,
                         const Heartbeat& heartbeat, core::Deadline deadline) override;
  core::Status finish(const LaunchId& id, std::string_view instance_id, const Ending& ending,
                      core::Deadline deadline) override;
  core::Result<std::vector<Row>> members(const LaunchId& id, core::Deadline deadline) override;

 private:
  core::Status make_table(core::Deadline deadline);
  core::Status update(const LaunchId& id, std::string_view instance_id, std::string what,
                      aws::dynamodb::Words words, core::Deadline deadline);

  aws::Caller& caller_;
  aws::Endpoint endpoint_;
  telemetry::Tracer& tracer_;
};

// Finds the endpoint; may ask the metadata service for the region.
core::Result<std::unique_ptr<Registry>> open_dynamodb_registry(aws::Session& session,
                                                               telemetry::Tracer& tracer);

}  // namespace spawn::handoff
