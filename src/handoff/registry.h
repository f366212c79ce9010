// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The launch registry: one row for a launch, written before anything starts, and one for each
// member of its job array, written and kept alive by the member's agent. How a context gets from
// `spawn launch` to every instance, how members find each other, and what `spawn status` shows.
// The schema is the same in DynamoDB (table spawn-hybrid-registry) and SQLite; attribute names are
// those of the members of Row. Nothing secret is ever in it.
//
// Errors: Code::not_found when a row is not there; what a store says otherwise, beginning with its
// name. An implementation is for one thread; any number of processes may use one registry.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "handoff/launch_id.h"

namespace spawn::handoff {

inline constexpr std::string_view kRegistryTable = "spawn-hybrid-registry";
// The instance_id of the row that is the launch's own.
inline constexpr std::string_view kLaunchRow = "launch";

inline constexpr std::chrono::seconds kHeartbeatEvery{30};
inline constexpr std::chrono::seconds kRowLives{3600};  // after its last heartbeat

// What `status` says, of a member that is alive and of one that said how it ended.
namespace status {
inline constexpr std::string_view kRunning = "running";
inline constexpr std::string_view kCompleted = "completed";      // its command ended with 0
inline constexpr std::string_view kFailed = "failed";            // … with something else
inline constexpr std::string_view kStopped = "stopped";          // the agent was told to end
inline constexpr std::string_view kTerminated = "terminated";    // it ended its instance
inline constexpr std::string_view kHibernated = "hibernated";    //
inline constexpr std::string_view kInterrupted = "interrupted";  // AWS took a spot instance back
}  // namespace status

// Times are whole seconds since 1970, as DynamoDB's time to live wants them; 0: not set. Texts are
// "" where there is nothing to say. Whatever is in a row was written by somebody else: judge it.
struct Row {
  std::string job_array_id;
  std::string instance_id;
  std::optional<std::int64_t> index;
  std::string provider;  // "ec2", "local"
  std::string ip_address;
  std::string private_ip;
  std::string region;
  std::int64_t registered_at = 0;
  std::int64_t last_heartbeat = 0;
  std::int64_t expires_at = 0;
  std::string status;
  std::optional<std::int64_t> exit_code;
  std::string traceparent;  // of the launch; or of the member's own boot
  std::string tracestate;
  friend bool operator==(const Row&, const Row&) = default;
};

struct Heartbeat {
  std::int64_t at = 0;
  std::int64_t expires_at = 0;
};

// How a member ended.
struct Ending {
  std::string_view status;  // handoff::status
  std::optional<std::int64_t> exit_code;
  Heartbeat heartbeat;
};

class Registry {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  virtual ~Registry() = default;

  // `row.instance_id` is kLaunchRow. Code::invalid_argument when there is a launch of that id.
  virtual core::Status publish_launch(const Row& row, core::Deadline deadline) = 0;
  virtual core::Result<Row> read_launch(const LaunchId& id, core::Deadline deadline) = 0;

  // Replaces an earlier row of the instance: an agent may be started again.
  virtual core::Status register_member(const Row& row, core::Deadline deadline) = 0;
  // Code::not_found: the row is gone (it expired); register again.
  virtual core::Status heartbeat(const LaunchId& id, std::string_view instance_id,
                                 const Heartbeat& heartbeat, core::Deadline deadline) = 0;
  virtual core::Status finish(const LaunchId& id, std::string_view instance_id,
                              const Ending& ending, core::Deadline deadline) = 0;
  // By index, then by instance. Without the launch row; expired ones are still there if the store
  // has not removed them.
  virtual core::Result<std::vector<Row>> members(const LaunchId& id, core::Deadline deadline) = 0;
};

}  // namespace spawn::handoff
