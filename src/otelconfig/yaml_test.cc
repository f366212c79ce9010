// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "testing/fakes.h"

namespace spawn::otelconfig {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Node read(std::string_view text, const testing::FakeEnv& env = {}) {
  auto node = read_yaml(text, "f.yaml", env);
  EXPECT_TRUE(node) << node.error().message;
  return node ? std::move(*node) : Node();
}
std::string problem(std::string_view text) {
  const auto node = read_yaml(text, "f.yaml", testing::FakeEnv());
  return node ? "" : node.error().message;
}

// "Node types MUST be interpreted after environment variable substitution takes place", and the
// column "Resolved Tag URI" of the table:
// https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
TEST(Yaml, finds_the_type_after_substitution) {
  const testing::FakeEnv env{{"BOOL", "true"},      {"INT", "1"},      {"FLOAT", "1.1"},
                             {"HEX", "0xdeadbeef"}, {"TEXT", "value"}, {"MAP", "value\nkey: value"},
                             {"LIST", "[a, b]"},    {"NULL", "null"}};
  const auto value = [&](const std::string& scalar) {
    return *read("key: " + scalar, env).find("key");
  };
  EXPECT_TRUE(value("${TEXT}").is_string());
  EXPECT_EQ(value("${BOOL}").boolean(), true);
  EXPECT_EQ(value("${INT}").integer(), 1);
  EXPECT_EQ(value("${FLOAT}").number(), 1.1);
  EXPECT_EQ(value("${HEX}").integer(), 3735928559);
  EXPECT_EQ(value("${UNDEFINED}").kind, Node::Kind::null);
  EXPECT_EQ(value("${NULL}").kind, Node::Kind::null);
  for (const char* quoted : {"\"${BOOL}\"", "'${INT}'", "\"${FLOAT}\"", "\"${UNDEFINED}\"",
                             "!!str ${HEX}", "foo ${INT}"}) {
    EXPECT_TRUE(value(quoted).is_string()) << quoted;
  }
}

// "It MUST NOT be possible to inject YAML structures by environment variables."
TEST(Yaml, takes_what_a_variable_says_for_text) {
  const testing::FakeEnv env{{"MAP", "value\nkey: value"}, {"LIST", "[a, b]"}, {"ALIAS", "*a"}};
  for (const char* scalar : {"${MAP}", "${LIST}", "${ALIAS}"}) {
    const Node root = read(std::string("key: ") + scalar, env);
    EXPECT_EQ(root.members.size(), 1U);
    EXPECT_TRUE(root.find("key")->is_string()) << scalar;
  }
  EXPECT_EQ(read("key: ${MAP}", env).find("key")->text, "value\nkey: value");
}

// "Mapping keys are not candidates for substitution."
TEST(Yaml, leaves_keys_as_they_are) {
  EXPECT_NE(read("${TEXT}: value", testing::FakeEnv{{"TEXT", "key"}}).find("${TEXT}"), nullptr);
}

// https://yaml.org/spec/1.2.2/#103-core-schema
TEST(Yaml, knows_the_core_schemas_scalars) {
  const auto value = [](const std::string& scalar) { return *read("key: " + scalar).find("key"); };
  for (const char* null : {"", "~", "null", "Null", "NULL"}) {
    EXPECT_EQ(value(null).kind, Node::Kind::null) << null;
  }
  EXPECT_EQ(value("FALSE").boolean(), false);
  EXPECT_EQ(value("-12").integer(), -12);
  EXPECT_EQ(value("+12").integer(), 12);
  EXPECT_EQ(value("0o17").integer(), 15);
  EXPECT_EQ(value("1e3").number(), 1000);
  EXPECT_EQ(value("-.5").number(), -0.5);
  EXPECT_EQ(value("-.inf").number(), -INFINITY);
  EXPECT_TRUE(std::isnan(*value(".nan").number()));
  // Words of YAML 1.1, and what only begins like a number.
  for (const char* text : {"yes", "no", "on", "nan", "inf", "1_000", "12:30", "0x", "0o8", "--5",
                           "-+5", "1.2.3", "1e", "e5", "."}) {
    EXPECT_TRUE(value(text).is_string()) << text;
  }
  EXPECT_FALSE(value("99999999999999999999").integer());
}

TEST(Yaml, tells_the_line_and_the_path_of_everything) {
  const Node root = read("a:\n  b:\n    - c\n    -\n      d: 1\n");
  const Node& d = *root.find("a")->find("b")->items[1].find("d");
  EXPECT_EQ(d.path, "a.b[1].d");
  EXPECT_EQ(d.line, 5);
}

TEST(Yaml, takes_aliases) {
  const Node root = read("a: &x {b: 1}\nc: *x\n");
  EXPECT_EQ(root.find("c")->find("b")->integer(), 1);
  EXPECT_EQ(root.find("c")->line, 2);
}

TEST(Yaml, names_the_line_of_what_it_cannot_read) {
  EXPECT_THAT(problem("a: 1\nb: [1"), HasSubstr("not valid YAML"));
  EXPECT_THAT(problem("a: 1\n\na: 2\n"), StartsWith("f.yaml:3: 'a' is there twice"));
  EXPECT_THAT(problem("a: 1\nb: ${X:?}\n"), StartsWith("f.yaml:2: '${X:?}' is no reference"));
  EXPECT_THAT(problem("a: 1\n---\nb: 1\n"), HasSubstr(": a second document; expected one"));
  EXPECT_THAT(problem(",): "), StartsWith("f.yaml:1: "));  // found by fuzzing
  EXPECT_THAT(problem("a: !secret x\n"), StartsWith("f.yaml:1: the tag '!secret'"));
  EXPECT_THAT(problem("? [a]\n: 1\n"), HasSubstr("a key is no text"));
}

TEST(Yaml, is_bounded) {
  EXPECT_THAT(problem(std::string(kMaxYamlBytes + 1, '#')), HasSubstr("larger than"));
  EXPECT_THAT(problem("a: &a\n  b: *a\n"), HasSubstr("deeper"));
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) laughs += "*a" + std::to_string(i - 1) + ",";
    laughs += "]\n";
  }
  EXPECT_THAT(problem(laughs), HasSubstr("more in one file"));
  // Few nodes, and much text in each.
  std::string long_text = "a: &a " + std::string(100'000, 'x') + "\nb: [";
  for (int i = 0; i < 1000; ++i) {
    long_text += "*a,";
  }
  EXPECT_THAT(problem(long_text + "]\n"), HasSubstr("more in one file"));
  EXPECT_THAT(
      problem("a: &a {" + std::string(1000, 'b') + ": *a, " + std::string(1000, 'c') + ": *a}\n"),
      HasSubstr("more in one file"));
}

}  // namespace
}  // namespace spawn::otelconfig
