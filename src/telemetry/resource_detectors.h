// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a process can tell of itself without asking anybody: host, operating system, process and
// container, for the resource of our own programs and of the library. Names and sources are those
// of OpenTelemetry's semantic conventions v1.44.0 (https://opentelemetry.io/docs/specs/semconv/:
// resource/host, /os, /process, /container). Never the command line or an argument: programs are
// given passwords and tokens there, and the conventions say not to collect them by default. A
// program in C++ has no process.runtime.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/rng.h"
#include "trace/resource.h"

namespace spawn::telemetry {

// By the names of OpenTelemetry's configuration schema, and `aws`, which is ours
// (https://github.com/open-telemetry/opentelemetry-configuration, ExperimentalResourceDetector).
enum class Detector : std::uint8_t {
  container,
  host,     // host.*, os.*
  process,  // process.*
  service,  // service.instance.id; service.name is its reader's to find
  aws,      // on EC2 cloud.*, and what host.* tells of the instance
};

// Which of them tell something, and of which attributes.
struct Detection {
  std::vector<Detector> detectors{};
  // Patterns of names, as of a filter (trace/attribute_filter.h).
  std::vector<std::string> included{};  // if there are any: nothing else is told
  std::vector<std::string> excluded{};  // stronger than `included`

  static Detection of_system() {
    return {{Detector::container, Detector::host, Detector::process, Detector::aws}};
  }
  static Detection of_everything() {
    Detection all = of_system();
    all.detectors.push_back(Detector::service);
    return all;
  }

  [[nodiscard]] bool has(Detector detector) const;
  [[nodiscard]] bool tells(Detector detector, std::string_view name) const;

  friend bool operator==(const Detection&, const Detection&) = default;
};

// As this machine has it; "" for what is not there or cannot be read.
struct SystemFacts {
  std::string host_name;
  std::string machine;     // of uname(2): "x86_64"
  std::string machine_id;  // the text of /etc/machine-id
  std::string os_release;  // the text of /etc/os-release
  // Of the firmware.
  std::string sys_vendor;
  std::string bios_version;
  std::string board_asset_tag;
  std::string product_name;
  std::string executable;  // what /proc/self/exe points to
  std::string owner;       // the user's name in /etc/passwd: a directory might not answer
  std::string cgroup;      // the text of /proc/self/cgroup
  std::string mountinfo;   // the text of /proc/self/mountinfo
  // Docker's or Podman's file is there that says so.
  bool container_file = false;
  std::string instance_id;  // a random UUID, anew with each call
};

// Reads a dozen small files: for the start of a program.
SystemFacts read_system_facts(core::Rng& rng);

// Adds what `wanted` tells and the resource does not say yet: what a person says of it wins
// (https://opentelemetry.io/docs/specs/otel/resource/sdk/#merge). Pure, but for the process's own
// numbers.
//
// host.id is the instance's on EC2, as the firmware has it
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html), the machine's
// elsewhere; inside of a container there is none, since nothing there is sure to be the host's.
void describe(const SystemFacts& facts, const Detection& wanted, trace::Resource& resource);

struct ProcessIds {
  std::int64_t pid;
  std::int64_t parent_pid;
};
ProcessIds process_ids();

// In a forked child: where the resource has its parent's ids, `before`, it gets its own. What a
// person said stands.
void renew_process(const ProcessIds& before, trace::Resource& resource);

// Whether the firmware is that of an EC2 instance, Nitro's or Xen's.
bool is_ec2_firmware(std::string_view sys_vendor, std::string_view bios_version);

// The value of NAME=VALUE in an os-release file, unquoted
// (https://www.freedesktop.org/software/systemd/man/latest/os-release.html); "" when it has none.
std::string os_release_value(std::string_view text, std::string_view name);

// host.arch for a machine of uname(2); what the conventions have no word for stays as it is.
std::string_view host_arch(std::string_view machine);

// The name of a user in the text of /etc/passwd; "" when it has none.
std::string_view user_name(std::string_view passwd, unsigned user);

}  // namespace spawn::telemetry
