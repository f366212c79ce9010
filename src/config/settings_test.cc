// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "testing/fakes.h"

namespace spawn::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view kGuide = R"(observability:
  tracing:
    enabled: true
    exporter: xray      # xray, stdout
    sampling_rate: 0.1  # 10% sampling
    endpoint: ""        # Optional custom endpoint
)";

std::string tracing(std::string_view line) {
  return "observability:\n  tracing:\n    " + std::string(line) + "\n";
}

std::string problem(const std::string& yaml) {
  const auto status = check_yaml(yaml, "local.yaml");
  return status ? "" : status.error().message;
}

TEST(Settings, reads_the_guides_file) { EXPECT_EQ(problem(std::string(kGuide)), ""); }

TEST(Settings, names_file_line_key_and_the_nearest_known_key) {
  EXPECT_THAT(problem(tracing("enabeld: true")), AllOf(HasSubstr("local.yaml"), HasSubstr("3"),
                                                       HasSubstr("enabeld"), HasSubstr("enabled")));
}

TEST(Settings, refuses_values_that_cannot_be) {
  for (const char* line :
       {"enabled: maybe", "sampling_rate: 2", "sampling_rate: nan", "sampling_rate: abc",
        "exporter: xrya", "exporter: \"none, xray\"", "endpoint: nowhere", "exporter: [xray"}) {
    EXPECT_THAT(problem(tracing(line)), HasSubstr("local.yaml")) << line;
  }
}

TEST(Settings, take_jaeger_for_otlp) {
  testing::FakeEnv env;
  const auto settings = resolve({"/no/such/file", false, {"jaeger", {}, {}}, true}, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_THAT(settings->exporters.value, ::testing::ElementsAre(Exporter::otlp));
  EXPECT_THAT(problem(tracing("exporter: otlp,jaeger")), HasSubstr("'otlp' is named twice"));
}

TEST(Settings, the_environments_otlp_address_is_stronger_than_the_files_and_weaker_than_the_flag) {
  char path[] = "/tmp/spawn-settings-XXXXXX";
  close(mkstemp(path));
  std::ofstream(path) << tracing("endpoint: http://file:1");
  testing::FakeEnv env{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://environment:2"}};
  const auto endpoint = [&](const char* exporter, std::optional<std::string> flag) {
    const auto settings = resolve({path, true, {exporter, {}, std::move(flag)}, true}, env);
    EXPECT_TRUE(settings) << settings.error().message;
    return settings->endpoint.value ? settings->endpoint.value->to_string() : "";
  };
  EXPECT_EQ(endpoint("otlp", std::nullopt), "");
  EXPECT_EQ(endpoint("otlp", "http://flag:3"), "http://flag:3/");
  EXPECT_EQ(endpoint("xray", std::nullopt), "http://file:1/");
  unlink(path);
}

TEST(Settings, refuse_one_endpoint_for_two_services) {
  testing::FakeEnv env;
  const auto settings =
      resolve({"/no/such/file", false, {"xray,otlp", {}, "http://127.0.0.1:9"}, true}, env);
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message,
              AllOf(HasSubstr("--endpoint"), HasSubstr("OTEL_EXPORTER_OTLP_ENDPOINT")));
}

TEST(Settings, are_off_at_a_tenth_to_xray_by_default) {
  testing::FakeEnv env;
  const auto settings = resolve({"/no/such/file", false, {}, false}, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_FALSE(settings->enabled.value);
  EXPECT_EQ(settings->sampling.value.value(), 0.1);
  EXPECT_THAT(settings->exporters.value, ::testing::ElementsAre(Exporter::xray));
}

TEST(Settings, flags_win_and_zero_means_zero) {
  testing::FakeEnv env;
  const auto settings =
      resolve({"/no/such/file", false, {"stdout,xray", "0", "http://127.0.0.1:9"}, true}, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->enabled.value);
  EXPECT_FALSE(settings->sampling.value.keeps(0x00FF'FFFF'FFFF'FFFFU));
  EXPECT_EQ(settings->exporters.value.size(), 2U);
  EXPECT_THAT(settings->sampling.source, HasSubstr("--sampling"));
}

TEST(Settings, whoever_asks_for_a_trace_gets_every_one) {
  testing::FakeEnv env;
  const auto settings = resolve({"/no/such/file", false, {}, true}, env);
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->sampling.value.keeps(0));
}

TEST(Settings, a_named_file_must_be_there) {
  testing::FakeEnv env;
  EXPECT_FALSE(resolve({"/no/such/file", true, {}, false}, env));
}

}  // namespace
}  // namespace spawn::config
