// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/resource_detectors.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "telemetry/container.h"
#include "trace/attribute_filter.h"
#include "trace/attributes.h"

namespace spawn::telemetry {
namespace {

namespace key = trace::key;

// The first that can be read.
std::string text_of(std::initializer_list<const char*> paths) {
  constexpr std::size_t kMost = 4U << 20;
  for (const char* path : paths) {
    if (auto text = core::read_file(path, kMost)) return std::move(*text);
  }
  return {};
}

std::string line_of(const char* path) { return std::string(core::trim(text_of({path}))); }

// https://man7.org/linux/man-pages/man5/machine-id.5.html: 32 hex digits; "uninitialized" in an
// image that was not booted yet.
bool is_machine_id(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class Description {
 public:
  Description(const Detection& wanted, trace::Resource& resource)
      : wanted_(wanted), resource_(resource) {}

  void add(Detector by, std::string_view name, std::string_view value) {
    if (!value.empty() && is_wanted(by, name)) resource_.set(name, std::string(value));
  }
  void add(Detector by, std::string_view name, std::int64_t value) {
    if (is_wanted(by, name)) resource_.set(name, value);
  }

 private:
  [[nodiscard]] bool is_wanted(Detector by, std::string_view name) const {
    return wanted_.tells(by, name) && resource_.find(name) == nullptr;
  }

  const Detection& wanted_;
  trace::Resource& resource_;
};

void describe_host(const SystemFacts& facts, bool in_container, Description& description) {
  description.add(Detector::host, key::kHostName, facts.host_name);
  description.add(Detector::host, key::kHostArch, host_arch(facts.machine));
  if (in_container) return;
  if (!is_ec2_firmware(facts.sys_vendor, facts.bios_version)) {
    const std::string_view id = core::trim(facts.machine_id);
    if (is_machine_id(id)) description.add(Detector::host, key::kHostId, id);
    return;
  }
  description.add(Detector::aws, key::kCloudProvider, "aws");
  description.add(Detector::aws, key::kCloudPlatform, "aws_ec2");
  // Xen's has neither.
  if (!facts.board_asset_tag.starts_with("i-")) return;
  for (const Detector by : {Detector::host, Detector::aws}) {
    description.add(by, key::kHostId, facts.board_asset_tag);
    description.add(by, key::kHostType, facts.product_name);
  }
}

void describe_os(std::string_view os_release, Description& description) {
  description.add(Detector::host, key::kOsType, "linux");
  description.add(Detector::host, key::kOsName, os_release_value(os_release, "NAME"));
  description.add(Detector::host, key::kOsVersion, os_release_value(os_release, "VERSION_ID"));
  description.add(Detector::host, key::kOsDescription, os_release_value(os_release, "PRETTY_NAME"));
}

void describe_process(const SystemFacts& facts, Description& description) {
  const ProcessIds ids = process_ids();
  description.add(Detector::process, key::kPid, ids.pid);
  description.add(Detector::process, key::kParentPid, ids.parent_pid);
  std::string_view path = facts.executable;
  // What the kernel adds when the program's file was replaced.
  constexpr std::string_view kReplaced = " (deleted)";
  if (path.ends_with(kReplaced)) path.remove_suffix(kReplaced.size());
  description.add(Detector::process, key::kExecutable, path.substr(path.rfind('/') + 1));
  description.add(Detector::process, key::kExecutablePath, path);
  description.add(Detector::process, key::kProcessOwner, facts.owner);
}

// RFC 9562, version 4.
std::string random_uuid(core::Rng& rng) {
  const std::uint64_t high = rng.next();
  const std::uint64_t low = rng.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xFFFF,
                     high & 0xFFF, 0x8000 | (low >> 48 & 0x3FFF), low & 0xFFFF'FFFF'FFFF);
}

}  // namespace

SystemFacts read_system_facts(core::Rng& rng) {
  SystemFacts facts;
  utsname names{};
  if (uname(&names) == 0) {
    facts.host_name = names.nodename;
    facts.machine = names.machine;
  }
  facts.machine_id = text_of({"/etc/machine-id", "/var/lib/dbus/machine-id"});
  facts.os_release = text_of({"/etc/os-release", "/usr/lib/os-release"});
  facts.sys_vendor = line_of("/sys/class/dmi/id/sys_vendor");
  facts.bios_version = line_of("/sys/class/dmi/id/bios_version");
  facts.board_asset_tag = line_of("/sys/class/dmi/id/board_asset_tag");
  facts.product_name = line_of("/sys/class/dmi/id/product_name");
  std::error_code none;
  facts.executable = std::filesystem::read_symlink("/proc/self/exe", none).string();
  facts.owner = user_name(text_of({"/etc/passwd"}), geteuid());
  facts.cgroup = text_of({"/proc/self/cgroup"});
  facts.mountinfo = text_of({"/proc/self/mountinfo"});
  facts.container_file = std::filesystem::exists("/.dockerenv", none) ||
                         std::filesystem::exists("/run/.containerenv", none);
  facts.instance_id = random_uuid(rng);
  return facts;
}

bool Detection::has(Detector detector) const {
  return std::ranges::find(detectors, detector) != detectors.end();
}

bool Detection::tells(Detector detector, std::string_view name) const {
  const auto fits = [&](const std::string& pattern) { return trace::matches(pattern, name); };
  return has(detector) && (included.empty() || std::ranges::any_of(included, fits)) &&
         std::ranges::none_of(excluded, fits);
}

void describe(const SystemFacts& facts, const Detection& wanted, trace::Resource& resource) {
  Description description(wanted, resource);
  const Container container = container_of(facts.cgroup, facts.mountinfo);
  describe_host(facts, container.inside || facts.container_file, description);
  description.add(Detector::container, key::kContainerId, container.id);
  describe_os(facts.os_release, description);
  describe_process(facts, description);
  description.add(Detector::service, key::kServiceInstanceId, facts.instance_id);
}

ProcessIds process_ids() { return {getpid(), getppid()}; }

void renew_process(const ProcessIds& before, trace::Resource& resource) {
  const ProcessIds now = process_ids();
  const auto renew = [&](std::string_view name, std::int64_t old, std::int64_t own) {
    const trace::OwnedValue* const value = resource.find(name);
    if (value != nullptr && *value == trace::OwnedValue(old)) resource.set(name, own);
  };
  renew(key::kPid, before.pid, now.pid);
  renew(key::kParentPid, before.parent_pid, now.parent_pid);
}

// Nitro instances by vendor, Xen ones by version.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html
bool is_ec2_firmware(std::string_view sys_vendor, std::string_view bios_version) {
  return sys_vendor == "Amazon EC2" || bios_version.find("amazon") != std::string_view::npos;
}

std::string os_release_value(std::string_view text, std::string_view name) {
  std::string_view value;
  for (const std::string_view line : core::split(text, '\n')) {
    const auto at = line.find('=');
    if (at != std::string_view::npos && core::trim(line.substr(0, at)) == name) {
      value = core::trim(line.substr(at + 1));  // the last one counts, as in a shell
    }
  }
  const char quote = value.empty() ? '\0' : value.front();
  if ((quote == '"' || quote == '\'') && value.size() > 1 && value.back() == quote) {
    value = value.substr(1, value.size() - 2);
  }
  std::string plain;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && quote != '\'' && i + 1 < value.size()) ++i;
    plain += value[i];
  }
  return plain;
}

std::string_view host_arch(std::string_view machine) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kArchs{{
      {"x86_64", "amd64"},
      {"aarch64", "arm64"},
      {"i386", "x86"},
      {"i486", "x86"},
      {"i586", "x86"},
      {"i686", "x86"},
      {"ppc", "ppc32"},
      {"ppc64le", "ppc64"},
      {"aarch64_be", "arm64"},
  }};
  const auto at =
      std::ranges::find(kArchs, machine, &std::pair<std::string_view, std::string_view>::first);
  if (at != kArchs.end()) return at->second;
  return machine.starts_with("arm") ? "arm32" : machine;
}

std::string_view user_name(std::string_view passwd, unsigned user) {
  for (const std::string_view line : core::split(passwd, '\n')) {
    const auto fields = core::split(line, ':');
    if (fields.size() > 2 && core::parse_int(fields[2]) == user) return fields[0];
  }
  return {};
}

}  // namespace spawn::telemetry
