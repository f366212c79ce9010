// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The table of
// https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution;
// what becomes of a value's type is in yaml_test.cc.
#include "otelconfig/substitution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::otelconfig {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

testing::FakeEnv table_environment() {
  return testing::FakeEnv{{"STRING_VALUE", "value"},
                          {"BOOL_VALUE", "true"},
                          {"INT_VALUE", "1"},
                          {"FLOAT_VALUE", "1.1"},
                          {"HEX_VALUE", "0xdeadbeef"},
                          {"INVALID_MAP_VALUE", "value\nkey:value"},
                          {"DO_NOT_REPLACE_ME", "Never use this value"},
                          {"REPLACE_ME", "${DO_NOT_REPLACE_ME}"},
                          {"VALUE_WITH_ESCAPE", "value$$"},
                          {"EMPTY", ""}};
}

TEST(Substitution, is_as_the_specifications_table_has_it) {
  const testing::FakeEnv env = table_environment();
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"${STRING_VALUE}", "value"},
      {"${BOOL_VALUE}", "true"},
      {"${env:STRING_VALUE}", "value"},
      {"${INVALID_MAP_VALUE}", "value\nkey:value"},
      {"foo ${STRING_VALUE} ${FLOAT_VALUE}", "foo value 1.1"},
      {"${UNDEFINED_KEY}", ""},
      {"${UNDEFINED_KEY:-fallback}", "fallback"},
      {"${REPLACE_ME}", "${DO_NOT_REPLACE_ME}"},
      {"${UNDEFINED_KEY:-${STRING_VALUE}}", "${STRING_VALUE}"},
      {"$${STRING_VALUE}", "${STRING_VALUE}"},
      {"$$${STRING_VALUE}", "$value"},
      {"$$$${STRING_VALUE}", "$${STRING_VALUE}"},
      {"$${STRING_VALUE:-fallback}", "${STRING_VALUE:-fallback}"},
      {"$${STRING_VALUE:-${STRING_VALUE}}", "${STRING_VALUE:-value}"},
      {"${UNDEFINED_KEY:-$${UNDEFINED_KEY}}", "${UNDEFINED_KEY:-${UNDEFINED_KEY}}"},
      {"${VALUE_WITH_ESCAPE}", "value$$"},
      {"a $$ b", "a $ b"},
      {"a $ b", "a $ b"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(substitute(text, env).value_or("refused"), expected) << text;
  }
}

// "a fallback value which is substituted if ENV-NAME is null, empty, or undefined"
TEST(Substitution, takes_the_default_of_a_variable_that_is_empty) {
  const testing::FakeEnv env = table_environment();
  EXPECT_EQ(*substitute("${EMPTY:-a, b: {c}", env), "a, b: {c");
  EXPECT_EQ(*substitute("${EMPTY:-}", env), "");
  EXPECT_EQ(*substitute("${STRING_VALUE:-fallback}", env), "value");
}

TEST(Substitution, leaves_what_does_not_end_on_its_line) {
  const testing::FakeEnv env = table_environment();
  EXPECT_EQ(*substitute("${STRING_VALUE", env), "${STRING_VALUE");
  EXPECT_EQ(*substitute("a ${STRING_VALUE\n} ${INT_VALUE}", env), "a ${STRING_VALUE\n} 1");
}

// INVALID-SUBSTITUTION-REF
TEST(Substitution, refuses_what_is_no_reference) {
  const testing::FakeEnv env = table_environment();
  for (const char* text : {"${STRING_VALUE:?error}", "${1API_KEY}", "${API_$KEY}", "${}", "${ A}",
                           "${env:}", "${file:/etc/passwd}", "${STRING_VALUE }"}) {
    const auto refused = substitute(text, env);
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr(text), Not(HasSubstr("value "))));
  }
}

}  // namespace
}  // namespace spawn::otelconfig
