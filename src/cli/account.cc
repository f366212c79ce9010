// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/account.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>

#include "core/version.h"
#include "handoff/open_registry.h"
#include "handoff/sqlite_registry.h"

namespace spawn::cli {

void add_account_options(CLI::App& command, AccountOptions& options) {
  command.add_option("--region", options.region, "AWS region; default: the configured one")
      ->type_name("NAME");
  command.add_option("--profile", options.profile, "Profile of the AWS configuration files")
      ->type_name("NAME");
}

Account::Account(const AccountOptions& options, const Parts& parts, telemetry::Tracer& tracer)
    : parts_(parts), tracer_(tracer), client_(parts.make_client()) {
  auto session = aws::Session::make(
      {options.region, options.profile, parts.on_instance, std::string(core::version())},
      {parts.env, *client_, parts.clock, parts.rng}, &tracer);
  if (!session) {
    why_ = std::move(session.error());
    return;
  }
  if (const auto credentials = (*session)->credentials().get(); !credentials) {
    why_ = credentials.error();
    return;
  }
  session_ = std::move(*session);
}

core::Result<std::unique_ptr<handoff::Registry>> Account::registry() {
  return handoff::open_registry(session_.get(), tracer_, parts_.env);
}

core::Result<std::vector<handoff::Row>> Account::members(const handoff::LaunchId& id,
                                                         core::Deadline deadline) {
  std::optional<core::Error> trouble;
  const auto ask = [&](handoff::Registry& registry) -> std::optional<std::vector<handoff::Row>> {
    auto rows = registry.members(id, deadline);
    if (!rows) {
      trouble = std::move(rows.error());
      return std::nullopt;
    }
    if (!rows->empty() || registry.read_launch(id, deadline)) return std::move(*rows);
    return std::nullopt;
  };
  if (session_ != nullptr) {
    const auto registry = this->registry();
    if (registry) {
      if (auto rows = ask(**registry)) return std::move(*rows);
    }
  }
  // Launches from before there was an account, or from here alone.
  const auto path = handoff::registry_path(parts_.env);
  if (path && std::filesystem::exists(*path)) {
    const auto file = handoff::SqliteRegistry::open(*path);
    if (file) {
      if (auto rows = ask(**file)) return std::move(*rows);
    }
  }
  if (trouble) return core::fail(std::move(*trouble));
  return core::fail(core::Code::not_found,
                    "no registry knows the launch '" + id.text() + "', or it is past its time");
}

}  // namespace spawn::cli
