// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The registry in a file of this machine: what `--provider local` uses when no AWS is configured.
// Same schema as DynamoDB's table. Write-ahead logging and a busy time-out make it safe for any
// number of processes; every operation is one transaction. Rows that expired a day ago are removed
// when a launch is published, as DynamoDB's time to live would. The file is its owner's alone.
// Together with dynamodb_registry.h this is all that knows how rows are kept.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/env.h"
#include "handoff/registry.h"

struct sqlite3;

namespace spawn::handoff {

class SqliteRegistry final : public Registry {
 public:
  // Makes the file, and the folders above it, where they are missing. Code::io, with the path.
  static core::Result<std::unique_ptr<SqliteRegistry>> open(const std::string& path);
  ~SqliteRegistry() override;

  core::Status publish_launch(const Row& row, core::Deadline deadline) override;
  core::Result<Row> read_launch(const LaunchId& id, core::Deadline deadline) override;
  core::Status register_member(const Row& row, core::Deadline deadline) override;
  core::Status heartbeat(const LaunchId& id, std::string_view instance_id,
                         const Heartbeat& heartbeat, core::Deadline deadline) override;
  core::Status finish(const LaunchId& id, std::string_view instance_id, const Ending& ending,
                      core::Deadline deadline) override;
  core::Result<std::vector<Row>> members(const LaunchId& id, core::Deadline deadline) override;

 private:
  class Statement;

  SqliteRegistry(std::string path, sqlite3* db) : path_(std::move(path)), db_(db) {}
  core::Status execute(const char* sql);
  core::Status insert(const char* how, const Row& row);
  core::Result<std::vector<Row>> select(const char* where, const LaunchId& id);
  core::Status updated(Statement& statement, std::string_view instance_id);
  [[nodiscard]] core::Error error(std::string_view doing) const;

  std::string path_;
  sqlite3* db_;
};

// $XDG_STATE_HOME/spawn/registry.db, or ~/.local/state/spawn/registry.db.
core::Result<std::string> registry_path(const core::Env& env);

}  // namespace spawn::handoff
