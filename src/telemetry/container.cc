// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/container.h"

#include <algorithm>
#include <vector>

#include "core/text.h"

namespace spawn::telemetry {
namespace {

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && consists_of(text, "0123456789abcdef");
}

bool is_id(std::string_view text) { return is_hex(text, 64); }

// "TASK-NUMBER", in a group of Fargate's: all that it tells of a container.
bool is_fargate_id(std::string_view text) {
  return text.size() > 33 && is_hex(text.substr(0, 32), 32) && text[32] == '-' &&
         consists_of(text.substr(33), "0123456789");
}

// "docker-ID.scope", "…slice:cri-containerd:ID", "ID": of the innermost group that has one.
std::string_view id_of_group(std::string_view path) {
  const auto groups = core::split(path, '/');
  for (auto at = groups.rbegin(); at != groups.rend(); ++at) {
    std::string_view group = *at;
    if (path.starts_with("/ecs/") && is_fargate_id(group)) return group;
    if (group.ends_with(".scope")) group.remove_suffix(std::string_view(".scope").size());
    const std::string_view last = group.substr(group.find_last_of("-:") + 1);
    if (is_id(last)) return last;
  }
  return {};
}

// "/var/lib/docker/containers/ID/hostname", "…/overlay-containers/ID/userdata/run/secrets".
std::string_view id_of_file(std::string_view path) {
  const auto at = path.find("containers/");
  if (at == std::string_view::npos) return {};
  const auto parts = core::split(path.substr(at), '/');
  const auto id = std::ranges::find_if(parts, is_id);
  return id == parts.end() ? std::string_view() : *id;
}

// What mounts tell, most certain first.
struct Mounts {
  std::string_view group;         // as the control groups are seen in here
  std::string_view secrets;       // Podman's and CRI-O's, of this very container
  std::string_view containerenv;  // Podman's; CRI-O has the pod's there
  std::string_view hostname;      // Docker's; in a pod it is the pod's
  bool in_pod = false;            // of Kubernetes
};

void take(std::string_view& id, std::string_view found) {
  if (id.empty()) id = found;
}

// https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html: the fourth word is the path in
// the file system that is mounted, the fifth the place where it is.
Mounts mounts_of(std::string_view mountinfo) {
  Mounts mounts;
  for (const std::string_view line : core::split(mountinfo, '\n')) {
    const auto words = core::split(line, ' ');
    if (words.size() < 5) continue;
    const std::string_view path = words[3];
    const std::string_view place = words[4];
    if (place.starts_with("/sys/fs/cgroup")) take(mounts.group, id_of_group(path));
    if (place == "/run/secrets") take(mounts.secrets, id_of_file(path));
    if (place == "/run/.containerenv") take(mounts.containerenv, id_of_file(path));
    if (place == "/etc/hostname") take(mounts.hostname, id_of_file(path));
    // The kubelet's.
    if (place == "/etc/hosts" && path.ends_with("/etc-hosts")) mounts.in_pod = true;
  }
  return mounts;
}

}  // namespace

Container container_of(std::string_view cgroup, std::string_view mountinfo) {
  std::string_view id;
  for (const std::string_view line : core::split(cgroup, '\n')) {
    // "HIERARCHY:CONTROLLERS:PATH", and there may be colons in the path.
    const auto path = line.find(":/");
    if (path != std::string_view::npos) take(id, id_of_group(line.substr(path + 1)));
  }
  const Mounts mounts = mounts_of(mountinfo);
  take(id, mounts.group);
  take(id, mounts.secrets);
  if (!mounts.in_pod) {
    take(id, mounts.containerenv);
    take(id, mounts.hostname);
  }
  return {!id.empty() || mounts.in_pod, std::string(id)};
}

}  // namespace spawn::telemetry
