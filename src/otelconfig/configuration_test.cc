// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#declarative-configuration
#include "otelconfig/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "testing/fakes.h"

namespace spawn::otelconfig {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ConfigurationTest : public ::testing::Test {
 protected:
  ~ConfigurationTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  core::Result<Configuration> read(const testing::FakeEnv& env) {
    return read_configuration(env, notes_);
  }
  core::Error problem(const std::string& path) {
    const auto read = read_configuration(testing::FakeEnv{{"OTEL_CONFIG_FILE", path}}, notes_);
    EXPECT_FALSE(read);
    return read ? core::Error() : read.error();
  }

  std::string template_ = "/tmp/spawn-otelconfig-XXXXXX";
  std::string folder_ = mkdtemp(template_.data());
  std::vector<std::string> notes_;
};

TEST_F(ConfigurationTest, is_the_variables_without_a_file) {
  const auto read_it =
      read(testing::FakeEnv{{"OTEL_SDK_DISABLED", "true"}, {"OTEL_CONFIG_FILE", ""}});
  ASSERT_TRUE(read_it);
  EXPECT_TRUE(read_it->disabled->value);
  EXPECT_FALSE(read_it->from_file);
}

// "all other environment variables besides those referenced in the configuration file for
// environment variable substitution MUST be ignored"
TEST_F(ConfigurationTest, is_the_file_alone_where_there_is_one) {
  const std::string path =
      file("a.yaml", "file_format: '1.1'\nresource: {attributes_list: '${A}'}\n");
  const auto read_it = read(testing::FakeEnv{{"OTEL_CONFIG_FILE", path},
                                             {"A", "team=a"},
                                             {"OTEL_SDK_DISABLED", "true"},
                                             {"OTEL_SERVICE_NAME", "shop"},
                                             {"OTEL_BSP_SCHEDULE_DELAY", "1"}});
  ASSERT_TRUE(read_it) << read_it.error().message;
  EXPECT_TRUE(read_it->from_file);
  EXPECT_FALSE(read_it->disabled);
  ASSERT_EQ(read_it->resource.size(), 1U);
  EXPECT_EQ(read_it->resource[0].first, "team");
  EXPECT_EQ(read_it->engine, telemetry::Options());
}

TEST_F(ConfigurationTest, names_a_file_that_cannot_be_read) {
  EXPECT_THAT(problem(folder_ + "/none.yaml").message,
              AllOf(StartsWith("OTEL_CONFIG_FILE: "), HasSubstr("/none.yaml")));
  EXPECT_EQ(problem(folder_ + "/none.yaml").code, core::Code::invalid_argument);
  // "YAML configuration files MUST use file extensions .yaml or .yml."
  EXPECT_THAT(problem(file("a.json", "{}")).message, HasSubstr("ends in .yaml or .yml"));
  EXPECT_THAT(problem(file("b.yml", "file_format: '3.0'")).message,
              AllOf(HasSubstr("/b.yml:1: file_format: "), HasSubstr("expected file_format")));
}

}  // namespace
}  // namespace spawn::otelconfig
