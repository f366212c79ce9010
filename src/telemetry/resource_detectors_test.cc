// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/resource_detectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "core/file.h"

namespace spawn::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::UnorderedElementsAre;

constexpr const char* kDebian = R"os(PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
ID=debian
)os";
constexpr const char* kMachineId = "0b7f1c55e0d24a6f8c1b3d5e7f90a2c4";

SystemFacts a_machine() {
  SystemFacts facts;
  facts.host_name = "desk";
  facts.machine = "x86_64";
  facts.machine_id = std::string(kMachineId) + "\n";
  facts.os_release = kDebian;
  facts.sys_vendor = "LENOVO";
  facts.board_asset_tag = "i-like-stickers";
  facts.product_name = "20HRCTO1WW";
  facts.executable = "/opt/shop/bin/shop";
  facts.owner = "ada";
  facts.cgroup = "0::/user.slice\n";
  return facts;
}

SystemFacts an_instance() {
  SystemFacts facts = a_machine();
  facts.sys_vendor = "Amazon EC2";
  facts.bios_version = "1.0";
  facts.board_asset_tag = "i-0af01c0123456789a";
  facts.product_name = "m7g.large";
  return facts;
}

SystemFacts a_start() {
  core::SystemRng rng;
  return read_system_facts(rng);
}

// All that is text.
std::map<std::string, std::string> texts_of(const SystemFacts& facts,
                                            const Detection& wanted = Detection::of_system()) {
  trace::Resource resource;
  describe(facts, wanted, resource);
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : resource.attributes()) {
    if (const auto* text = std::get_if<std::string>(&value)) texts[name] = *text;
  }
  return texts;
}

TEST(ResourceDetectors, describe_a_machine) {
  const std::map<std::string, std::string> wanted = {
      {"host.name", "desk"},
      {"host.id", kMachineId},
      {"host.arch", "amd64"},
      {"os.type", "linux"},
      {"os.name", "Debian GNU/Linux"},
      {"os.version", "12"},
      {"os.description", "Debian GNU/Linux 12 (bookworm)"},
      {"process.executable.name", "shop"},
      {"process.executable.path", "/opt/shop/bin/shop"},
      {"process.owner", "ada"},
  };
  EXPECT_EQ(texts_of(a_machine()), wanted);
}

TEST(ResourceDetectors, an_instance_of_ec2_is_known_by_its_firmware) {
  auto texts = texts_of(an_instance());
  EXPECT_EQ(texts["host.id"], "i-0af01c0123456789a");
  EXPECT_EQ(texts["host.type"], "m7g.large");
  EXPECT_EQ(texts["cloud.provider"], "aws");
  EXPECT_EQ(texts["cloud.platform"], "aws_ec2");
}

TEST(ResourceDetectors, an_instance_on_xen_does_not_know_its_id) {
  SystemFacts facts = a_machine();
  facts.sys_vendor = "Xen";
  facts.bios_version = "4.11.amazon";
  facts.board_asset_tag = "";
  facts.product_name = "HVM domU";
  const auto texts = texts_of(facts);
  EXPECT_EQ(texts.count("host.id"), 0U);
  EXPECT_EQ(texts.count("host.type"), 0U);
  EXPECT_EQ(texts.at("cloud.platform"), "aws_ec2");
}

TEST(ResourceDetectors, in_a_container_nothing_is_told_of_the_machine_below) {
  const std::string id(64, 'a');
  for (SystemFacts facts : {a_machine(), an_instance()}) {
    facts.cgroup = "0::/system.slice/docker-" + id + ".scope\n";
    const auto texts = texts_of(facts);
    EXPECT_EQ(texts.at("container.id"), id);
    EXPECT_EQ(texts.count("host.id"), 0U);
    EXPECT_EQ(texts.count("cloud.platform"), 0U);
    EXPECT_EQ(texts.at("os.name"), "Debian GNU/Linux");
  }
}

TEST(ResourceDetectors,
     in_a_container_that_does_not_tell_its_id_nothing_is_told_of_the_machine_either) {
  SystemFacts facts = a_machine();
  facts.container_file = true;
  const auto texts = texts_of(facts);
  EXPECT_EQ(texts.count("host.id"), 0U);
  EXPECT_EQ(texts.count("container.id"), 0U);
}

TEST(ResourceDetectors, a_machine_id_that_is_none_is_left_out) {
  for (const char* text : {"", "uninitialized\n", "0b7f1c55", "0B7F1C55E0D24A6F8C1B3D5E7F90A2C4"}) {
    SystemFacts facts = a_machine();
    facts.machine_id = text;
    EXPECT_EQ(texts_of(facts).count("host.id"), 0U) << text;
  }
}

TEST(ResourceDetectors, a_program_whose_file_was_replaced_is_where_it_was) {
  SystemFacts facts = a_machine();
  facts.executable = "/opt/shop/bin/shop (deleted)";
  auto texts = texts_of(facts);
  EXPECT_EQ(texts["process.executable.path"], "/opt/shop/bin/shop");
  EXPECT_EQ(texts["process.executable.name"], "shop");
}

TEST(ResourceDetectors, what_the_resource_says_already_stands) {
  trace::Resource resource;
  resource.set("host.id", std::string("rack 7"));
  resource.set("process.pid", std::int64_t{7});
  resource.set("process.parent_pid", std::string("init"));
  describe(a_machine(), Detection::of_system(), resource);
  EXPECT_EQ(resource.text("host.id"), "rack 7");
  EXPECT_EQ(*resource.find("process.pid"), trace::OwnedValue(std::int64_t{7}));
  EXPECT_EQ(resource.text("process.parent_pid"), "init");
  EXPECT_EQ(resource.text("host.name"), "desk");
}

TEST(ResourceDetectors, nothing_known_is_nothing_said) {
  EXPECT_EQ(texts_of({}), (std::map<std::string, std::string>{{"os.type", "linux"}}));
}

std::vector<std::string> names_of(const SystemFacts& facts, const Detection& wanted) {
  trace::Resource resource;
  describe(facts, wanted, resource);
  std::vector<std::string> names;
  for (const auto& attribute : resource.attributes()) names.push_back(attribute.first);
  return names;
}

TEST(ResourceDetectors, tell_nothing_that_is_not_theirs) {
  SystemFacts facts = an_instance();
  facts.instance_id = "one of many";
  const auto by = [&](Detector detector) { return names_of(facts, {{detector}}); };
  EXPECT_THAT(by(Detector::host),
              UnorderedElementsAre("host.name", "host.arch", "host.id", "host.type", "os.type",
                                   "os.name", "os.version", "os.description"));
  EXPECT_THAT(by(Detector::process),
              UnorderedElementsAre("process.pid", "process.parent_pid", "process.executable.name",
                                   "process.executable.path", "process.owner"));
  EXPECT_THAT(by(Detector::service), ElementsAre("service.instance.id"));
  EXPECT_THAT(by(Detector::aws),
              UnorderedElementsAre("cloud.provider", "cloud.platform", "host.id", "host.type"));
  EXPECT_THAT(by(Detector::container), IsEmpty());
  facts.cgroup = "0::/system.slice/docker-" + std::string(64, 'a') + ".scope\n";
  EXPECT_THAT(by(Detector::container), ElementsAre("container.id"));
  EXPECT_THAT(by(Detector::aws), IsEmpty());
  EXPECT_THAT(names_of(facts, {}), IsEmpty());
}

TEST(ResourceDetectors, tell_what_is_included_and_not_excluded) {
  const auto told = [](std::vector<std::string> included, std::vector<std::string> excluded) {
    return names_of(a_machine(), {{Detector::host}, std::move(included), std::move(excluded)});
  };
  EXPECT_THAT(told({"os.*"}, {"os.????"}), UnorderedElementsAre("os.version", "os.description"));
  EXPECT_THAT(told({"host.name", "host.id"}, {}), UnorderedElementsAre("host.name", "host.id"));
  EXPECT_THAT(told({}, {"os.*", "*.id"}), UnorderedElementsAre("host.name", "host.arch"));
  EXPECT_THAT(told({"process.*"}, {}), IsEmpty());
}

// https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4
TEST(ResourceDetectors, know_each_start_by_another_uuid) {
  const std::string id = a_start().instance_id;
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                               "[0-9a-f]{12}"));
  EXPECT_NE(a_start().instance_id, id);
}

TEST(ResourceDetectors, read_this_very_process) {
  const SystemFacts facts = a_start();
  trace::Resource resource;
  describe(facts, Detection::of_everything(), resource);
  EXPECT_EQ(*resource.find("process.pid"), trace::OwnedValue(std::int64_t{getpid()}));
  EXPECT_EQ(*resource.find("process.parent_pid"), trace::OwnedValue(std::int64_t{getppid()}));
  EXPECT_EQ(resource.text("process.executable.path"),
            std::filesystem::canonical("/proc/self/exe").string());
  char host[256] = "";
  ASSERT_EQ(gethostname(host, sizeof host - 1), 0);
  EXPECT_EQ(resource.text("host.name"), host);
  EXPECT_EQ(facts.container_file, std::filesystem::exists("/.dockerenv") ||
                                      std::filesystem::exists("/run/.containerenv"));
  EXPECT_NE(facts.machine, "");
  EXPECT_NE(facts.cgroup, "");
  EXPECT_THAT(facts.mountinfo, HasSubstr(" /proc "));
  EXPECT_THAT(facts.os_release, HasSubstr("NAME="));
}

// The test's program is started anew, with this among its arguments.
constexpr const char* kArgument = "gtest_internal_run_death_test";

bool tells_the_command_line() {
  trace::Resource resource;
  describe(a_start(), Detection::of_everything(), resource);
  return std::ranges::any_of(resource.attributes(), [](const auto& attribute) {
    const auto* const text = std::get_if<std::string>(&attribute.second);
    return attribute.first.find("command") != std::string::npos ||
           (text != nullptr && text->find(kArgument) != std::string::npos);
  });
}

TEST(ResourceDetectorsDeathTest, never_tell_the_command_line) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto arguments = core::read_file("/proc/self/cmdline");
        const bool given = arguments && arguments->find(kArgument) != std::string::npos;
        _exit(given && !tells_the_command_line() ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ResourceDetectors, words_of_the_conventions_for_architectures) {
  const std::map<std::string, std::string> wanted = {
      {"x86_64", "amd64"},  {"aarch64", "arm64"}, {"armv7l", "arm32"},    {"i686", "x86"},
      {"ppc64le", "ppc64"}, {"s390x", "s390x"},   {"riscv64", "riscv64"}, {"", ""},
  };
  for (const auto& [machine, arch] : wanted) EXPECT_EQ(host_arch(machine), arch) << machine;
}

TEST(ResourceDetectors, os_release_is_read_as_a_shell_would) {
  const std::string text =
      "# NAME=comment\nNAME=Fedora\nID='am\\zn'\nPRETTY_NAME=\"A \\\"B\\\" "
      "\\$5\"\nVERSION_ID=\nODD=\"\n"
      "TWICE=1\nTWICE=2\n";
  EXPECT_EQ(os_release_value(text, "NAME"), "Fedora");
  EXPECT_EQ(os_release_value(text, "ID"), "am\\zn");
  EXPECT_EQ(os_release_value(text, "PRETTY_NAME"), "A \"B\" $5");
  EXPECT_EQ(os_release_value(text, "VERSION_ID"), "");
  EXPECT_EQ(os_release_value(text, "ODD"), "\"");
  EXPECT_EQ(os_release_value(text, "TWICE"), "2");
  EXPECT_EQ(os_release_value(text, "MISSING"), "");
}

TEST(ResourceDetectors, users_have_the_name_of_their_number) {
  const std::string passwd =
      "root:x:0:0:root:/root:/bin/bash\nbroken\nada:x:1000:1000::/home/ada:\n";
  EXPECT_EQ(user_name(passwd, 1000), "ada");
  EXPECT_EQ(user_name(passwd, 0), "root");
  EXPECT_EQ(user_name(passwd, 7), "");
}

}  // namespace
}  // namespace spawn::telemetry
