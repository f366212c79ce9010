// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "core/file.h"
#include "testing/fakes.h"

namespace spawn::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Settings with(const Tags& tags) {
  testing::FakeEnv env;
  auto settings = resolve({"/no/such/file", false, {}, false, tags}, env);
  EXPECT_TRUE(settings) << settings.error().message;
  return std::move(*settings);
}

std::string complaint(const std::string& tag, const std::string& value) {
  const auto status = check_tags({{tag, value}});
  return status ? "" : status.error().message;
}

TEST(Keys, have_names_and_places_of_their_own) {
  std::set<std::string_view> names;
  std::set<std::string_view> places;
  for (const Key& key : keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_TRUE(places.insert(key.yaml).second) << key.yaml;
  }
}

TEST(Keys, of_the_contract_are_all_there) {
  for (const char* name :
       {"tracing-enabled", "tracing-exporter", "tracing-sampling", "tracing-endpoint",
        "tracing-from",    "tracing-until",    "tracing-filter",   "ttl",
        "idle-timeout",    "idle-cpu",         "on-complete",      "hibernate",
        "completion-file", "completion-delay", "job-array-id",     "job-array-name",
        "job-array-index", "metrics-enabled",  "metrics-port",     "metrics-path",
        "metrics-bind"}) {
    EXPECT_TRUE(find_key(name)) << name;
  }
  EXPECT_THAT(find_key("tracing-enabeld").error().message, HasSubstr("tracing-enabled"));
}

TEST(Keys, are_all_in_the_reference) {
  const auto page = core::read_file(SPAWN_SOURCE_DIR "/docs/reference/spored.md");
  ASSERT_TRUE(page) << page.error().message;
  for (const Key& key : keys()) {
    EXPECT_THAT(*page, HasSubstr("| `" + std::string(key.name) + "` | `" + key.tag() + "` | `" +
                                 std::string(key.yaml) + "` |"));
  }
}

// What is shown can be set again, and shows the same.
TEST(Keys, show_what_they_were_given) {
  const std::map<std::string, std::string> values = {
      {"tracing-enabled", "true"},
      {"tracing-exporter", "xray,stdout"},
      {"tracing-sampling", "0.25"},
      {"tracing-endpoint", "http://127.0.0.1:9/"},
      {"tracing-annotations", "job.owner,job.cost"},
      {"tracing-filter", "deny=user.*; patterns=\\d{3}"},
      {"tracing-log-groups", "/aws/spored"},
      {"tracing-from", "+2h"},
      {"tracing-until", "2027-01-02T03:04:05.000000000Z"},
      {"ttl", "2d"},
      {"idle-timeout", "1h30m"},
      {"idle-cpu", "7.5"},
      {"on-complete", "terminate"},
      {"hibernate", "true"},
      {"completion-file", "/tmp/done"},
      {"completion-delay", "30s"},
      {"job-array-id", "words"},
      {"job-array-index", "2"},
      {"command", "aws s3 ls \"x\" # \\"},
      {"metrics-port", "9100"},
  };
  Tags tags;
  for (const auto& [name, value] : values) tags["spawn:" + name] = value;
  const Settings settings = with(tags);
  for (const auto& [name, value] : values) {
    const Key& key = **find_key(name);
    EXPECT_EQ(key.show(settings), value) << name;
    EXPECT_EQ(key.source(settings), "tag spawn:" + name);
  }
}

TEST(Keys, a_file_made_of_tags_says_what_they_say) {
  const Tags tags = {{"spawn:tracing-enabled", "true"},
                     {"spawn:tracing-sampling", "1.0"},
                     {"spawn:tracing-exporter", "stdout"},
                     {"spawn:metrics-port", "9464"},
                     {"spawn:job-array-id", "words"},
                     {"spawn:job-array-index", "3"},
                     {"spawn:ttl", "2h"},
                     {"spawn:command", "echo \"\\ü\"\n'x' # no comment"},
                     {"Name", "mine"}};
  const std::string yaml = yaml_of(tags);
  EXPECT_TRUE(check_yaml(yaml, "made")) << check_yaml(yaml, "made").error().message << yaml;
  char path[] = "/tmp/spawn-keys-XXXXXX";
  const int fd = mkstemp(path);
  ASSERT_EQ(write(fd, yaml.data(), yaml.size()), static_cast<ssize_t>(yaml.size()));
  close(fd);
  testing::FakeEnv env;
  const auto of_file = resolve({path, true, {}, false, {}}, env);
  unlink(path);
  ASSERT_TRUE(of_file) << of_file.error().message;
  const Settings of_tags = with(tags);
  for (const Key& key : keys()) EXPECT_EQ(key.show(*of_file), key.show(of_tags)) << key.name;
}

TEST(Tags, that_make_no_sense_are_named_with_what_was_expected) {
  EXPECT_THAT(complaint("spawn:tracing-enabled", "yes"),
              AllOf(HasSubstr("tag spawn:tracing-enabled"), HasSubstr("true nor false")));
  EXPECT_THAT(complaint("spawn:tracing-sampling", "10"), HasSubstr("0.0 to 1.0"));
  EXPECT_THAT(complaint("spawn:tracing-exporter", "xrya"), HasSubstr("xray"));
  EXPECT_THAT(complaint("spawn:tracing-endpoint", "nowhere"), HasSubstr("http"));
  EXPECT_THAT(complaint("spawn:tracing-enabeld", "true"), HasSubstr("tracing-enabled"));
  EXPECT_THAT(complaint("spawn:tracing-until", "tomorrow"), HasSubstr("+2h"));
  EXPECT_THAT(complaint("spawn:ttl", "5"), HasSubstr("1h30m"));
  EXPECT_THAT(complaint("spawn:on-complete", "explode"), HasSubstr("terminate"));
  EXPECT_EQ(complaint("Name", "anything"), "");
  EXPECT_EQ(complaint("spawn:managed", "true"), "");
}

TEST(Tags, the_end_of_a_window_is_after_its_beginning) {
  EXPECT_FALSE(check_tags({{"spawn:tracing-from", "+2h"}, {"spawn:tracing-until", "+1h"}}));
  EXPECT_TRUE(check_tags({{"spawn:tracing-from", "+1h"}, {"spawn:tracing-until", "+2h"}}));
}

TEST(Tags, a_machine_goes_on_with_those_that_make_sense) {
  testing::FakeEnv env;
  std::vector<std::string> complaints;
  const auto settings = resolve({"/no/such/file",
                                 false,
                                 {},
                                 false,
                                 {{"spawn:tracing-enabled", "true"},
                                  {"spawn:tracing-sampling", "lots"},
                                  {"spawn:ttl", "2h"}}},
                                env, complaints);
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->enabled.value);
  EXPECT_EQ(settings->sampling.value.rate.value(), 0.1);
  EXPECT_EQ(settings->ttl.value, std::chrono::hours(2));
  EXPECT_THAT(complaints, ::testing::ElementsAre(HasSubstr("tag spawn:tracing-sampling")));
}

TEST(Tags, are_stronger_than_the_file_and_weaker_than_flags) {
  char path[] = "/tmp/spawn-keys-XXXXXX";
  close(mkstemp(path));
  {
    std::ofstream file(path);
    file << "observability:\n  tracing:\n    sampling_rate: 0.5\n    exporter: stdout\n";
  }
  testing::FakeEnv env;
  const auto settings =
      resolve({path,
               true,
               {std::nullopt, "0.75", std::nullopt},
               false,
               {{"spawn:tracing-exporter", "none"}, {"spawn:tracing-sampling", "1"}}},
              env);
  unlink(path);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->sampling.value.rate.value(), 0.75);
  EXPECT_THAT(settings->exporters.value, ::testing::ElementsAre(Exporter::none));
}

}  // namespace
}  // namespace spawn::config
