// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/iam_policy.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "agent/run_queue.h"
#include "cli/command_line.h"
#include "cli/queue_command.h"
#include "cli/traced_command.h"
#include "launch/policy.h"

namespace spawn::cli {
namespace {

using core::Code;

// "BUCKET/PREFIX/"
core::Result<std::string> place_of(const std::string& option, const std::string& text) {
  auto place = agent::parse_s3_place(text);
  if (!place) return core::fail(std::move(place.error()).while_(option));
  return fmt::format("{}/{}", place->first, place->second);
}

core::Result<launch::PolicyRequest> request_of(const PolicyOptions& options) {
  launch::PolicyRequest request;
  request.account = options.account;
  request.region = options.region;
  request.iam_role = options.iam_role;
  if (options.who == "instance") {
    request.who = launch::PolicyFor::instance;
  } else if (options.who != "person") {
    return core::fail(Code::invalid_argument,
                      fmt::format("--for: '{}' is neither person nor instance", options.who));
  }
  if (options.queue.starts_with("s3://")) {
    auto jobs = place_of("--queue", options.queue);
    if (!jobs) return core::fail(std::move(jobs.error()));
    jobs->pop_back();  // no folder, but an object
    request.jobs = std::move(*jobs);
  } else {
    request.queue = options.queue.substr(options.queue.rfind('/') + 1);
  }
  if (!options.results.empty()) {
    auto results = place_of("--results", options.results);
    if (!results) return core::fail(std::move(results.error()));
    request.results = std::move(*results);
  }
  if (!options.on_complete.empty()) {
    auto function = function_of(options.on_complete);
    if (!function) return core::fail(std::move(function.error()));
    request.function = std::move(*function);
  }
  return request;
}

}  // namespace

void add_policy_options(CLI::App& command, PolicyOptions& options) {
  command.add_option("--for", options.who, "person (the default), or instance: its role")
      ->type_name("WHO");
  command.add_option("--account", options.account, "Account number; default: any")
      ->type_name("NUMBER");
  command.add_option("--region", options.region, "AWS region; default: any")->type_name("NAME");
  command.add_option("--iam-role", options.iam_role, "Role that is handed to instances")
      ->type_name("NAME");
  command
      .add_option("--queue", options.queue,
                  "Where work comes from: an SQS queue, by name or URL, or a list of jobs")
      ->type_name("QUEUE|s3://BUCKET/KEY");
  command.add_option("--results", options.results, "Where results go, and are collected")
      ->type_name("s3://BUCKET[/PREFIX]");
  command
      .add_option("--on-complete", options.on_complete, "What is told when a queue is worked off")
      ->type_name("lambda:NAME");
  command.add_flag("--trace", options.trace,
                   "Spans go to X-Ray; also when the settings say so already");
}

int iam_policy_command(const PolicyOptions& options, const Parts& parts) {
  const auto refuse = [&](const core::Error& error) {
    return usage_error(parts.err, "spawn iam policy", error.message);
  };
  auto request = request_of(options);
  if (!request) return refuse(request.error());
  const auto settings = resolved(command_sources(parts.env), "spawn", parts);
  if (!settings) return refuse(settings.error());
  const auto& exporters = settings->exporters.value;
  request->xray =
      options.trace || (settings->enabled.value &&
                        std::ranges::find(exporters, config::Exporter::xray) != exporters.end());
  request->remote_sampling = settings->sampling.value.remote;
  parts.out << launch::iam_policy(*request);
  return finish_output(parts.out, parts.err, "spawn");
}

}  // namespace spawn::cli
