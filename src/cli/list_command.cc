// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/list_command.h"

#include "handoff/tags.h"

namespace spawn::cli {
namespace {

core::Status list(InstanceCommand& command) {
  const auto found = command.find(command.wanted());
  if (!found) return core::fail(found.error());
  Table table({{"instance_id", "INSTANCE"},
               {"name", "NAME"},
               {"state", "STATE"},
               {"instance_type", "TYPE"},
               {"availability_zone", "ZONE"},
               {"launch_id", "LAUNCH"},
               {"index", "INDEX"},
               {"private_ip", ""},
               {"public_ip", "PUBLIC IP"},
               {"launch_time", "LAUNCHED"}},
              "instance_id");
  for (const aws::ec2::Instance& instance : *found) {
    table.add({core::Json(instance.id), text_or_null(tag_of(instance, "Name")),
               text_or_null(instance.state), text_or_null(instance.type),
               text_or_null(instance.availability_zone),
               text_or_null(tag_of(instance, handoff::tag::kLaunchId)),
               core::Json(std::int64_t{instance.launch_index}), text_or_null(instance.private_ip),
               text_or_null(instance.public_ip), text_or_null(instance.launch_time)});
  }
  command.write(table);
  return core::ok();
}

}  // namespace

void add_list_options(CLI::App& command, InstanceOptions& options) {
  add_filter_options(command, options);
  add_instance_options(command, options);
}

int list_command(const InstanceOptions& options, const Parts& parts) {
  return InstanceCommand("list", options, parts).run(list);
}

}  // namespace spawn::cli
