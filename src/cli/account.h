// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What commands about launches have at hand: the AWS account, if there is one, and the registries
// that may know a launch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/session.h"
#include "cli/parts.h"
#include "handoff/registry.h"
#include "http/client.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct AccountOptions {
  std::string region;
  std::string profile;
};
void add_account_options(CLI::App& command, AccountOptions& options);

class Account {
 public:
  // Never fails: without an account there is this machine. The references must outlive it.
  Account(const AccountOptions& options, const Parts& parts, telemetry::Tracer& tracer);

  // Null without credentials or region; then why() says what is missing.
  [[nodiscard]] aws::Session* session() { return session_.get(); }
  [[nodiscard]] const core::Error& why() const { return why_; }

  // The registry for what happens now: DynamoDB's table with an account, else this machine's file.
  core::Result<std::unique_ptr<handoff::Registry>> registry();

  // The rows of a launch from whichever registry knows it. Code::not_found when none does.
  core::Result<std::vector<handoff::Row>> members(const handoff::LaunchId& id,
                                                  core::Deadline deadline);

 private:
  const Parts& parts_;
  telemetry::Tracer& tracer_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<aws::Session> session_;
  core::Error why_;
};

}  // namespace spawn::cli
