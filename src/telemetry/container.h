// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which container this process is in, from what the kernel tells it of itself. There is no
// interface for that (https://github.com/opencontainers/runtime-spec/issues/1105): runtimes put the
// id into the name of the control group (version 1, or version 2 without a namespace of its own)
// and into the paths of files that they mount. Known: Docker, containerd, CRI-O, Podman, nerdctl,
// and ECS on EC2 and Fargate. Where the only id to be seen is a pod's, or none is, there is none.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace spawn::telemetry {

struct Container {
  bool inside = false;
  std::string id;  // 64 hex digits; on Fargate the task's 32 and a number; "" when it is not told
};

// The texts of /proc/self/cgroup and /proc/self/mountinfo.
Container container_of(std::string_view cgroup, std::string_view mountinfo);

}  // namespace spawn::telemetry
