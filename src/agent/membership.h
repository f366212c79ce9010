// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// This instance's row in the launch registry: registered at boot, kept alive by heartbeats, made
// anew when it expired, and told how it ended. A registry that is down never stops anything: the
// trouble is said once, and once more when it is over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "handoff/registry.h"

namespace spawn::agent {

class Membership {
 public:
  using Note = std::function<void(const std::string&)>;

  // `row` is all that is known of the member; times and status are set here.
  Membership(handoff::Registry& registry, handoff::LaunchId id, handoff::Row row,
             core::Clock& clock, Note note);

  // True when it worked.
  bool join();
  // After a sleep: running again, whatever was said before it.
  bool resume();
  bool heartbeat();
  bool finish(std::string_view status, std::optional<std::int64_t> exit_code);
  // The other members, as far as they are alive and can be read.
  std::vector<handoff::Row> peers();

 private:
  bool told(const core::Status& done, std::string_view doing);
  [[nodiscard]] handoff::Heartbeat now() const;
  [[nodiscard]] core::Deadline soon() const;

  handoff::Registry& registry_;
  handoff::LaunchId id_;
  handoff::Row row_;
  core::Clock& clock_;
  Note note_;
  bool in_trouble_ = false;
};

}  // namespace spawn::agent
