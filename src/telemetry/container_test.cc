// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What runtimes really put into the two files; other ids, and only the lines that matter or could
// mislead.
#include "telemetry/container.h"

#include <gtest/gtest.h>

#include <string>

namespace spawn::telemetry {
namespace {

const std::string kOwn = "4d1f0c1b7a0e9f3c2b5a68d7e4c3b2a1908f7e6d5c4b3a29181706f5e4d3c2b1";
const std::string kPod = "77aa0c1b7a0e9f3c2b5a68d7e4c3b2a1908f7e6d5c4b3a29181706f5e4d3c277";
const std::string kLayer = "eeff0c1b7a0e9f3c2b5a68d7e4c3b2a1908f7e6d5c4b3a29181706f5e4d3ceef";

// Version 2 with a namespace of its own: the group says nothing.
constexpr const char* kUnified = "0::/\n";

std::string id_in(const std::string& cgroup, const std::string& mountinfo) {
  const Container container = container_of(cgroup, mountinfo);
  EXPECT_EQ(container.inside, !container.id.empty());
  return container.id;
}
// By /proc/self/cgroup alone.
std::string id_in_group(const std::string& path) {
  return id_in("12:pids:" + path + "\n11:memory:" + path + "\n1:name=systemd:" + path + "\n0::/\n",
               "");
}
// A root of layers, which have names that look like ids.
std::string root_of_layers(const std::string& folder) {
  return "1412 1299 0:58 / / rw,relatime - overlay overlay rw,lowerdir=" + folder +
         "/l/KZ,upperdir=" + folder + "/" + kLayer + "/diff,workdir=" + folder + "/" + kLayer +
         "/work\n" + "1413 1412 0:61 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw\n" +
         "1416 1415 0:29 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw\n";
}
std::string mount(const std::string& path, const std::string& place) {
  return "1420 1412 259:1 " + path + " " + place + " rw,relatime - ext4 /dev/nvme0n1p1 rw\n";
}

TEST(Container, is_named_by_its_control_group) {
  for (const std::string& path : {
           "/docker/" + kOwn,
           "/system.slice/docker-" + kOwn + ".scope",
           "/docker/" + kPod + "/docker/" + kOwn,  // Docker in Docker
           "/docker/" + kOwn + "/init.scope",      // systemd in Docker
           "/kubepods/burstable/pod0d9bc0f0-5c1b-4f9e-8f5e-7d6f3a9d1c2e/" + kOwn,
           "/kubepods.slice/kubepods-pod0d9bc0f0_5c1b.slice/cri-containerd-" + kOwn + ".scope",
           "/system.slice/containerd.service/kubepods-pod0d9bc0f0_5c1b.slice:cri-containerd:" +
               kOwn,
           "/kubepods.slice/kubepods-besteffort.slice/crio-" + kOwn + ".scope",
           "/machine.slice/libpod-" + kOwn + ".scope",
           "/machine.slice/libpod-" + kOwn + ".scope/container",
           "/user.slice/user-1000.slice/user@1000.service/app.slice/web.service/libpod-payload-" +
               kOwn,
           "/ecs/0d9bc0f05c1b4f9e8f5e7d6f3a9d1c2e/" + kOwn,
           "/ecs/shop/0d9bc0f05c1b4f9e8f5e7d6f3a9d1c2e/" + kOwn,
           "/" + kOwn,
       }) {
    EXPECT_EQ(id_in_group(path), kOwn) << path;
  }
}

TEST(Container, of_version_two_that_sees_the_hosts_groups_is_named_too) {
  EXPECT_EQ(id_in("0::/system.slice/docker-" + kOwn + ".scope\n", ""), kOwn);
}

TEST(Container, of_fargate_is_its_task_and_a_number) {
  const std::string task = "0d9bc0f05c1b4f9e8f5e7d6f3a9d1c2e";
  EXPECT_EQ(id_in_group("/ecs/" + task + "/" + task + "-2617890341"), task + "-2617890341");
  EXPECT_EQ(id_in_group("/jobs/" + task + "-2617890341"), "");
}

TEST(Container, of_docker_is_named_by_the_files_that_it_mounts) {
  const std::string containers = "/var/lib/docker/containers/";
  EXPECT_EQ(
      id_in(kUnified, root_of_layers("/var/lib/docker/overlay2") +
                          // What it watches of others.
                          mount(containers + kPod + "/" + kPod + "-json.log", "/logs/app.log") +
                          mount("/var/lib/kubelet/pods/0d9bc0f0-5c1b/etc-hosts", "/watched/hosts") +
                          mount(containers + kOwn + "/resolv.conf", "/etc/resolv.conf") +
                          mount(containers + kOwn + "/hostname", "/etc/hostname") +
                          mount(containers + kOwn + "/hosts", "/etc/hosts")),
      kOwn);
}

TEST(Container, of_nerdctl_is_in_a_namespace) {
  EXPECT_EQ(
      id_in(kUnified, mount("/var/lib/nerdctl/1935db59/containers/default/" + kOwn + "/hostname",
                            "/etc/hostname")),
      kOwn);
}

TEST(Container, of_podman_is_itself_and_not_the_one_whose_network_it_shares) {
  const std::string storage = "/containers/overlay-containers/";
  const std::string others = root_of_layers("/home/ada/.local/share/containers/storage/overlay") +
                             mount(storage + kPod + "/userdata/hostname", "/etc/hostname");
  for (const auto& [file, place] : {std::pair{"/userdata/run/secrets", "/run/secrets"},
                                    std::pair{"/userdata/.containerenv", "/run/.containerenv"}}) {
    EXPECT_EQ(id_in(kUnified, others + mount(storage + kOwn + file, place)), kOwn) << place;
  }
}

TEST(Container, of_cri_o_is_itself_and_not_its_pod) {
  const std::string storage = "/containers/storage/overlay-containers/";
  const std::string pods = root_of_layers("/var/lib/containers/storage/overlay") +
                           mount(storage + kPod + "/userdata/hostname", "/etc/hostname") +
                           mount(storage + kPod + "/userdata/.containerenv", "/run/.containerenv") +
                           mount("/var/lib/kubelet/pods/0d9bc0f0-5c1b/etc-hosts", "/etc/hosts");
  EXPECT_EQ(id_in(kUnified, pods + mount(storage + kOwn + "/userdata/run/secrets", "/run/secrets")),
            kOwn);
  const Container untold = container_of(kUnified, pods);
  EXPECT_TRUE(untold.inside);
  EXPECT_EQ(untold.id, "");
}

TEST(Container, of_containerd_is_named_by_the_groups_that_it_mounts) {
  const std::string pods =
      root_of_layers("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots") +
      mount("/var/lib/kubelet/pods/0d9bc0f0-5c1b/etc-hosts", "/etc/hosts") +
      mount("/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" + kPod + "/hostname",
            "/etc/hostname");
  const std::string group =
      "1430 1429 0:32 /kubepods-burstable-pod0d9bc0f0_5c1b.slice:cri-containerd:" + kOwn +
      " /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime master:11 - cgroup cgroup "
      "rw,memory\n";
  EXPECT_EQ(id_in(kUnified, pods + group), kOwn);
  const Container untold = container_of(kUnified, pods);
  EXPECT_TRUE(untold.inside);
  EXPECT_EQ(untold.id, "");
}

TEST(Container, of_docker_in_a_pod_is_not_taken_for_its_pod) {
  const Container untold = container_of(
      kUnified, mount("/var/lib/docker/containers/" + kPod + "/hostname", "/etc/hostname") +
                    mount("/var/lib/kubelet/pods/0d9bc0f0-5c1b/etc-hosts", "/etc/hosts"));
  EXPECT_TRUE(untold.inside);
  EXPECT_EQ(untold.id, "");
}

TEST(Container, is_none_on_a_machine_even_on_one_that_runs_containers) {
  EXPECT_EQ(id_in("0::/user.slice/user-1000.slice/user@1000.service/app.slice/shell.scope\n",
                  "27 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw\n"
                  "31 23 0:28 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 "
                  "cgroup2 rw,nsdelegate\n"
                  "612 27 0:70 / /var/lib/docker/overlay2/" +
                      kLayer +
                      "/merged rw,relatime - overlay overlay rw\n"
                      "613 27 0:71 / /var/lib/docker/containers/" +
                      kPod +
                      "/mounts/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=65536k\n"
                      "614 27 0:72 / /var/lib/kubelet/pods/0d9bc0f0-5c1b/volumes/token "
                      "rw,relatime - tmpfs tmpfs rw\n"),
            "");
  EXPECT_EQ(id_in_group("/process_api/0d9bc0f05c1b4f9e8f5e7d6f3a9d1c2e"), "");
  EXPECT_EQ(id_in("", ""), "");
  EXPECT_EQ(id_in("nonsense\n:::\n", "nonsense\n1 2 3 4\n"), "");
}

}  // namespace
}  // namespace spawn::telemetry
