// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What `spawn list`, `status`, `terminate`, `stop`, `start` and `extend` share: which instances are
// meant (by id, name, job array, state or tag; only what spawn launched), an account to ask, and
// the way from what was typed to an exit status.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/account.h"
#include "cli/parts.h"
#include "cli/table.h"
#include "core/clock.h"
#include "core/result.h"
#include "launch/find_instances.h"
#include "telemetry/tracer.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct InstanceOptions {
  AccountOptions account;
  OutputOptions output;
  std::vector<std::string> targets;  // ids, names, or launch ids
  std::string job_array_id;
  std::string job_array_name;
  std::vector<std::string> states;
  std::vector<std::string> tags;
  bool yes = false;
  bool hibernate = false;
  std::string ttl;
};

// --state and --tag.
void add_filter_options(CLI::App& command, InstanceOptions& options);
// Job arrays, account and output.
void add_instance_options(CLI::App& command, InstanceOptions& options);

// Every state that EC2 has.
inline constexpr std::array<std::string_view, 6> kInstanceStates = {
    "pending", "running", "stopping", "stopped", "shutting-down", "terminated"};

// "" where it has none.
std::string tag_of(const aws::ec2::Instance& instance, std::string_view key);

// One command about instances. All references must outlive it.
class InstanceCommand {
 public:
  InstanceCommand(std::string_view name, const InstanceOptions& options, const Parts& parts);

  // Checks what was typed, then does the work, traced and with an account at hand. The exit status.
  int run(const std::function<core::Status(InstanceCommand&)>& work);

  // For the work.
  [[nodiscard]] const InstanceOptions& options() const { return options_; }
  [[nodiscard]] const Parts& parts() const { return parts_; }
  [[nodiscard]] const launch::Wanted& wanted() const { return wanted_; }
  [[nodiscard]] Account& account() { return *account_; }
  // A launch, an instance or a name was given. Filters alone are not enough to change something.
  [[nodiscard]] bool names_any() const;
  [[nodiscard]] core::Deadline deadline() const;
  core::Result<std::vector<aws::ec2::Instance>> find(const launch::Wanted& wanted);
  void write(const Table& table) const;

 private:
  [[nodiscard]] int say(const core::Error& error) const;

  std::string name_;
  const InstanceOptions& options_;
  const Parts& parts_;
  launch::Wanted wanted_;
  Account* account_ = nullptr;
  telemetry::Tracer* tracer_ = nullptr;
};

}  // namespace spawn::cli
