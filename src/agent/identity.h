// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which instance this is. On EC2 the metadata service knows (IMDSv2 alone: version 1 would tell any
// program that can be tricked into a request); elsewhere the settings do, or the host's name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aws/imds.h"
#include "config/settings.h"
#include "core/result.h"
#include "telemetry/resource_detectors.h"
#include "trace/resource.h"

namespace spawn::agent {

struct Identity {
  std::string instance_id;  // "i-0123…", "local-…"
  bool is_local = true;
  std::string region;  // "" for a local one
  std::string availability_zone;
  std::string instance_type;
  std::string image_id;
  std::string account_id;
  std::string private_ip;
  std::string public_ip;
  bool is_spot = false;
  std::optional<std::int64_t> launched_at_ns;  // wall clock; absent for a local one

  [[nodiscard]] std::string_view provider() const { return is_local ? "local" : "ec2"; }
};

// Code::not_found and Code::unavailable: this is no instance, or its metadata service is off or
// does not speak version 2. Code::protocol: it says nonsense.
core::Result<Identity> ask_instance(aws::Imds& imds);

// `settings.instance_id`, or "local-" and the host's name.
Identity local_identity(const config::Settings& settings);

// spawn.instance_id; host.* and cloud.* as far as `wanted` has them of the detector `aws`.
void describe(const Identity& identity, const telemetry::Detection& wanted,
              trace::Resource& resource);

}  // namespace spawn::agent
