// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/instance_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "cli/command_line.h"
#include "cli/traced_command.h"
#include "core/text.h"

namespace spawn::cli {
namespace {

using core::Code;

constexpr core::Nanos kAtMost = std::chrono::seconds(60);

core::Status add_states(const std::string& list, launch::Wanted& wanted) {
  for (const std::string_view state : core::split(list, ',')) {
    if (std::ranges::find(kInstanceStates, state) == kInstanceStates.end()) {
      const auto near = core::nearest(state, kInstanceStates);
      return core::fail(Code::invalid_argument,
                        near
                            ? fmt::format("--state: '{}' is none; did you mean '{}'?", state, *near)
                            : fmt::format("--state: '{}' is none; there are {}", state,
                                          fmt::join(kInstanceStates, ", ")));
    }
    wanted.states.emplace_back(state);
  }
  return core::ok();
}

core::Result<launch::Wanted> wanted_by(const InstanceOptions& options) {
  launch::Wanted wanted;
  wanted.names = options.targets;
  wanted.launch_id = options.job_array_id;
  wanted.job_array_name = options.job_array_name;
  for (const std::string& list : options.states) {
    if (auto added = add_states(list, wanted); !added) return core::fail(std::move(added.error()));
  }
  for (const std::string& text : options.tags) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return core::fail(Code::invalid_argument,
                        fmt::format("--tag: '{}' is no tag; expected NAME=VALUE", text));
    }
    wanted.tags[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return wanted;
}

}  // namespace

void add_filter_options(CLI::App& command, InstanceOptions& options) {
  command.add_option("--state", options.states, "Only in these states, with commas")
      ->type_name("STATE");
  command.add_option("--tag", options.tags, "Only with this tag")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void add_instance_options(CLI::App& command, InstanceOptions& options) {
  command.add_option("--job-array-id", options.job_array_id, "Every member of this launch")
      ->type_name("ID");
  command.add_option("--job-array-name", options.job_array_name, "Every job array of this name")
      ->type_name("NAME");
  add_account_options(command, options.account);
  add_output_options(command, options.output);
}

std::string tag_of(const aws::ec2::Instance& instance, std::string_view key) {
  const auto at = instance.tags.find(std::string(key));
  return at == instance.tags.end() ? "" : at->second;
}

InstanceCommand::InstanceCommand(std::string_view name, const InstanceOptions& options,
                                 const Parts& parts)
    : name_(fmt::format("spawn {}", name)), options_(options), parts_(parts) {}

int InstanceCommand::run(const std::function<core::Status(InstanceCommand&)>& work) {
  if (!form_of(options_.output)) return refuse_form(parts_.err, name_, options_.output);
  auto wanted = wanted_by(options_);
  if (!wanted) return say(wanted.error());
  wanted_ = std::move(*wanted);
  const auto settings = command_settings(parts_);
  if (!settings) return say(settings.error());
  TracedCommand traced(name_, *settings, parts_);
  Account account(options_.account, parts_, traced.tracer());
  account_ = &account;
  tracer_ = &traced.tracer();
  const core::Status done = work(*this);
  traced.finish(done ? nullptr : &done.error());
  if (!done) return say(done.error());
  return finish_output(parts_.out, parts_.err, "spawn");
}

int InstanceCommand::say(const core::Error& error) const {
  if (error.code == Code::invalid_argument) {
    return usage_error(parts_.err, name_, error.message);
  }
  parts_.err << fmt::format("spawn: {}\n", core::visible(error.message));
  return core::exit_status(error.code);
}

bool InstanceCommand::names_any() const {
  return !options_.targets.empty() || !options_.job_array_id.empty() ||
         !options_.job_array_name.empty();
}

core::Deadline InstanceCommand::deadline() const {
  return core::Deadline::after(parts_.clock, kAtMost);
}

core::Result<std::vector<aws::ec2::Instance>> InstanceCommand::find(const launch::Wanted& wanted) {
  if (account_->session() == nullptr) {
    const auto local = std::ranges::find_if(
        wanted.names, [](const std::string& name) { return name.starts_with("local-"); });
    if (local == wanted.names.end()) return core::fail(account_->why());
    return core::fail(Code::not_found, fmt::format("there is no member '{}' on this machine",
                                                   core::visible(*local)));
  }
  return launch::find_instances(*account_->session(), *tracer_, wanted, deadline());
}

void InstanceCommand::write(const Table& table) const {
  table.write(*form_of(options_.output), options_.output.quiet, parts_.out);
}

}  // namespace spawn::cli
