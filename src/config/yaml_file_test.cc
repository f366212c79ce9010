// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::config {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kRate = "observability.tracing.sampling_rate";

std::string edited(std::string_view text, std::string_view path, std::string_view value) {
  const auto result = edit_yaml(text, "local.yaml", path, value);
  return result ? *result : "refused: " + result.error().message;
}

TEST(EditYaml, changes_a_value_and_keeps_comments_order_and_blanks) {
  EXPECT_EQ(edited("# mine\n"
                   "observability:\n"
                   "\n"
                   "  tracing:\n"
                   "    exporter: 'stdout'   # for now\n"
                   "    sampling_rate:   0.1  # 10% sampling\n"
                   "    enabled: true\n"
                   "instance_id: a\n",
                   kRate, "1.0"),
            "# mine\n"
            "observability:\n"
            "\n"
            "  tracing:\n"
            "    exporter: 'stdout'   # for now\n"
            "    sampling_rate:   1.0  # 10% sampling\n"
            "    enabled: true\n"
            "instance_id: a\n");
}

TEST(EditYaml, changes_quoted_values_whole) {
  EXPECT_EQ(edited("launch:\n  command: \"a # \\\" b\" # c\n", "launch.command", "\"x\""),
            "launch:\n  command: \"x\" # c\n");
  EXPECT_EQ(edited("launch:\n  command: 'it # is'\n", "launch.command", "\"x\""),
            "launch:\n  command: \"x\"\n");
}

TEST(EditYaml, adds_a_key_below_its_map_as_its_neighbours_are_indented) {
  EXPECT_EQ(edited("observability:\n   tracing:\n       enabled: true\n", kRate, "1"),
            "observability:\n   tracing:\n       sampling_rate: 1\n       enabled: true\n");
}

TEST(EditYaml, adds_the_maps_that_are_missing) {
  EXPECT_EQ(edited("", kRate, "1"), "observability:\n  tracing:\n    sampling_rate: 1\n");
  EXPECT_EQ(edited("observability:\n  # nothing yet\n", kRate, "1"),
            "observability:\n  tracing:\n    sampling_rate: 1\n  # nothing yet\n");
  EXPECT_EQ(edited("instance_id: a", "lifecycle.ttl", "\"2h\""),
            "instance_id: a\nlifecycle:\n  ttl: \"2h\"\n");
}

TEST(EditYaml, fills_a_key_without_a_value) {
  EXPECT_EQ(edited("instance_id: # mine\n", "instance_id", "a"), "instance_id: a # mine\n");
}

TEST(EditYaml, leaves_alone_what_only_a_person_can_edit) {
  for (const char* text :
       {"observability: {tracing: {sampling_rate: 0.1, enabled: true}}\n",
        "observability:\n  tracing: {enabled: true}\n", "launch:\n  command: |\n    a\n    b\n"}) {
    const std::string path(std::string_view(text).starts_with("launch") ? "launch.command" : kRate);
    const auto result = edit_yaml(text, "local.yaml", path, "1");
    if (result) {
      EXPECT_EQ(read_yaml(*result, "")->at(path).text, "1") << *result;
    } else {
      EXPECT_THAT(result.error().message, HasSubstr("by hand"));
    }
  }
  EXPECT_THAT(edited("launch:\n  command: |\n    a\n", "launch.command", "\"x\""),
              HasSubstr("by hand"));
}

TEST(EditYaml, does_not_touch_a_file_that_is_not_understood) {
  EXPECT_THAT(edited("observability: [", kRate, "1"), HasSubstr("refused: local.yaml:1"));
}

}  // namespace
}  // namespace spawn::config
