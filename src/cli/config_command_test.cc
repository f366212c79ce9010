// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/config_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/spawn_commands.h"
#include "cli/test_commands.h"
#include "core/file.h"

namespace spawn::cli {
namespace {

using ::testing::HasSubstr;

class ConfigCommand : public CommandsTest {
 protected:
  ConfigCommand() {
    std::string pattern = std::filesystem::temp_directory_path() / "spawn-config-XXXXXX";
    SPAWN_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    env_.set("XDG_CONFIG_HOME", folder_);
  }
  ~ConfigCommand() override { std::filesystem::remove_all(folder_); }
  int run(const std::vector<std::string>& arguments) {
    out_.str("");
    err_.str("");
    return spawn_commands(arguments, parts()).shell_code();
  }
  std::string folder_;
};

TEST_F(ConfigCommand, get_prints_the_value_alone) {
  EXPECT_EQ(run({"config", "get", "tracing-enabled"}), 0);
  EXPECT_EQ(out_.str(), "false\n");
}

TEST_F(ConfigCommand, set_writes_what_get_and_list_then_say) {
  EXPECT_EQ(run({"config", "set", "tracing-enabled", "true"}), 0) << err_.str();
  EXPECT_EQ(run({"config", "set", "tracing-exporter", "xray,stdout"}), 0) << err_.str();
  EXPECT_EQ(run({"config", "get", "tracing-enabled"}), 0);
  EXPECT_EQ(out_.str(), "true\n");
  EXPECT_EQ(run({"config", "list"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("xray,stdout"));
  EXPECT_THAT(out_.str(), HasSubstr(folder_ + "/spawn/config.yaml:"));
}

TEST_F(ConfigCommand, set_keeps_a_file_that_would_be_wrong_as_it_is) {
  EXPECT_EQ(run({"config", "set", "tracing-sampling", "0.5"}), 0) << err_.str();
  const auto before = core::read_file(folder_ + "/spawn/config.yaml");
  EXPECT_EQ(run({"config", "set", "tracing-sampling", "2"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("'2' is no sampling rate"));
  EXPECT_EQ(*core::read_file(folder_ + "/spawn/config.yaml"), *before);
}

TEST_F(ConfigCommand, says_of_a_setting_that_changes_nothing_that_it_does_not) {
  const std::string remark = "metrics-port: accepted, but there is no metrics server";
  EXPECT_EQ(run({"config", "list"}), 0);
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(run({"config", "set", "metrics-port", "9464"}), 0);
  EXPECT_THAT(err_.str(), HasSubstr(remark));
  EXPECT_EQ(run({"config", "list"}), 0);
  EXPECT_THAT(err_.str(), HasSubstr(remark));
}

TEST_F(ConfigCommand, suggests_the_nearest_key) {
  EXPECT_EQ(run({"config", "get", "tracing-enable"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean 'tracing-enabled'?"));
}

TEST_F(ConfigCommand, says_what_to_allow_for_what_is_switched_on) {
  EXPECT_EQ(run({"iam", "policy"}), 0);
  EXPECT_THAT(out_.str(), ::testing::Not(HasSubstr("xray:")));
  EXPECT_EQ(run({"config", "set", "tracing-enabled", "true"}), 0);
  EXPECT_EQ(run({"iam", "policy"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("xray:PutTraceSegments"));
  EXPECT_EQ(run({"iam", "policy", "--for", "nobody"}), 2);
}

}  // namespace
}  // namespace spawn::cli
