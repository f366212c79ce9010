// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/iam_policy.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/command_line.h"
#include "cli/traced_command.h"
#include "launch/policy.h"

namespace spawn::cli {

void add_policy_options(CLI::App& command, PolicyOptions& options) {
  command.add_option("--for", options.who, "person (the default), or instance: its role")
      ->type_name("WHO");
  command.add_option("--account", options.account, "Account number; default: any")
      ->type_name("NUMBER");
  command.add_option("--region", options.region, "AWS region; default: any")->type_name("NAME");
  command.add_option("--iam-role", options.iam_role, "Role that is handed to instances")
      ->type_name("NAME");
  command.add_flag("--queue", options.queue, "Work comes from an SQS queue");
  command.add_flag("--trace", options.trace,
                   "Spans go to X-Ray; also when the settings say so already");
}

int iam_policy_command(const PolicyOptions& options, const Parts& parts) {
  if (options.who != "person" && options.who != "instance") {
    return usage_error(parts.err, "spawn iam policy",
                       fmt::format("--for: '{}' is neither person nor instance", options.who));
  }
  const auto settings = command_settings(parts);
  if (!settings) return usage_error(parts.err, "spawn iam policy", settings.error().message);
  const auto& exporters = settings->exporters.value;
  launch::PolicyRequest request;
  request.who = options.who == "person" ? launch::PolicyFor::person : launch::PolicyFor::instance;
  request.account = options.account;
  request.region = options.region;
  request.iam_role = options.iam_role;
  request.queue = options.queue;
  request.xray =
      options.trace || (settings->enabled.value &&
                        std::ranges::find(exporters, config::Exporter::xray) != exporters.end());
  request.remote_sampling = settings->sampling.value.remote;
  parts.out << launch::iam_policy(request);
  return finish_output(parts.out, parts.err, "spawn");
}

}  // namespace spawn::cli
