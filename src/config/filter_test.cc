// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "config/settings.h"
#include "config/yaml_file.h"

namespace spawn::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The value of the attribute as this exporter shows it; "-": not at all.
std::string shown(const Filter& filter, Exporter exporter, std::string_view key,
                  std::string_view value) {
  trace::AttributeFilter made = attribute_filter(filter, exporter);
  trace::SpanRecord record;
  trace::SpanRecord copy;
  record.set(key, value);
  made.copy(record, copy);
  return copy.find(key) ? std::string(copy.text(key)) : "-";
}
Filter filter_of(std::string_view text) {
  auto filter = parse_filter(text);
  EXPECT_TRUE(filter) << (filter ? "" : filter.error().message);
  return filter.value_or(Filter());
}
std::string in_yaml(const std::string& block) {
  const auto values = read_yaml("observability:\n  tracing:\n" + block, "f");
  if (!values) return values.error().message;
  const auto found = values->find("observability.tracing.filter");
  return found == values->end() ? "none" : found->second.text;
}

TEST(Filter, reads_parts_for_all_exporters_and_for_one) {
  const Filter filter = filter_of(
      " deny=a, b.*;mask=c ;keep=d; patterns=x{1,2}; patterns=y\\;z; replacement=*;; xray.allow=e");
  EXPECT_THAT(filter.all.deny, ElementsAre("a", "b.*"));
  EXPECT_THAT(filter.all.mask, ElementsAre("c"));
  EXPECT_THAT(filter.all.keep, ElementsAre("d"));
  EXPECT_THAT(filter.all.patterns, ElementsAre("x{1,2}", "y\\;z"));
  EXPECT_EQ(filter.all.replacement, "*");
  EXPECT_THAT(filter.of.at(Exporter::xray).allow, ElementsAre("e"));
  EXPECT_EQ(filter_of("jaeger.deny=a").of.count(Exporter::otlp), 1U);
  EXPECT_EQ(filter_of("  "), Filter());
}

TEST(Filter, says_what_is_wrong) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"deny", "'deny' is no part of a filter; expected one as deny=KEY,KEY"},
      {"dney=a", "'dney' is no part of a filter; did you mean 'deny'?"},
      {"zzzzzzzz=a", "there are allow, deny, mask, keep, patterns, replacement"},
      {"deny=a,,b", "no list of names"},
      {"xrya.deny=a", "'xrya' is no exporter; did you mean 'xray'?"},
      {"none.deny=a", "'none' is not one exporter"},
      {"xray,otlp.deny=a", "'xray,otlp' is not one exporter"},
      {"patterns=(", "'(' is no regular expression: missing )"},
      {"patterns=x*", "'x*' matches the empty text"},
      {"patterns=", "'' matches the empty text"},
      {"deny=\xff", "no text (UTF-8)"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto filter = parse_filter(text);
    ASSERT_FALSE(filter) << text;
    EXPECT_THAT(filter.error().message, HasSubstr(wanted));
  }
}

TEST(Filter, shows_each_exporter_what_it_may) {
  const Filter filter = filter_of("deny=user.*; xray.deny=db.*; otlp.replacement=***");
  EXPECT_EQ(shown(filter, Exporter::xray, "user.id", "u"), "-");
  EXPECT_EQ(shown(filter, Exporter::local, "user.id", "u"), "-");
  EXPECT_EQ(shown(filter, Exporter::xray, "db.query.text", "q"), "-");
  EXPECT_EQ(shown(filter, Exporter::local, "db.query.text", "q"), "q");
  EXPECT_EQ(shown(filter, Exporter::otlp, "api_key", "k"), "***");
  EXPECT_EQ(shown(filter, Exporter::local, "api_key", "k"), "REDACTED");
}

TEST(Filter, replaces_every_match_of_its_patterns_by_the_text_itself) {
  const Filter filter = filter_of("patterns=\\b\\d{16}\\b; replacement=\\1$&");
  EXPECT_EQ(shown(filter, Exporter::xray, "k", "card 4111111111111111, 4111111111111112."),
            "card \\1$&, \\1$&.");
  EXPECT_EQ(shown(filter, Exporter::xray, "k", "41111111111111111"), "41111111111111111");
}

// https://github.com/google/re2/wiki/WhyRE2: linear in the text. One that backtracks would not end.
TEST(Filter, is_not_held_up_by_a_hostile_pattern) {
  const Filter filter = filter_of("patterns=(a+)+b");
  const std::string text(60'000, 'a');
  EXPECT_EQ(shown(filter, Exporter::xray, "k", text), text);
}

TEST(Filter, in_the_file_is_a_text_or_a_map_of_texts_and_lists) {
  EXPECT_EQ(in_yaml("    filter: deny=a\n"), "deny=a");
  EXPECT_EQ(in_yaml("    filter:\n"), "");
  EXPECT_EQ(in_yaml("    filter:\n"
                    "      deny: a,b\n"
                    "      mask: [c, 'd.*']\n"
                    "      keep: []\n"
                    "      patterns:\n"
                    "        - 'x;y\\;z'\n"
                    "        - \"u\"\n"
                    "      replacement: '***'\n"
                    "      xray:\n"
                    "        allow: [e]\n"),
            "deny=a,b; mask=c,d.*; patterns=x\\;y\\;z; patterns=u; replacement=***; xray.allow=e");
}

TEST(Filter, in_the_file_is_refused_with_its_line) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"    filter:\n      dney: a\n",
       "f:4: unknown key 'dney' in observability.tracing.filter; did you mean 'deny'?"},
      {"    filter:\n      deny: a\n      patterns:\n        - (\n",
       "f:6: patterns: '(' is no regular expression"},
      {"    filter: [deny]\n", "f:3: a list where none is expected"},
      {"    filter:\n      replacement: [a]\n", "f:4: a list where none is expected"},
      {"    filter:\n      deny: [[a]]\n", "f:4: a list where none is expected"},
      {"    filter:\n      deny: [{a: b}]\n", "f:4: an entry of deny is a map"},
      {"    filter:\n      deny: [a, ~]\n", "f:4: an entry of deny is empty"},
      {"    filter:\n      deny: {a: b}\n", "f:4: deny is a map; expected one value"},
      {"    filter:\n      deny: a\n      deny: b\n", "f:5: 'deny' is there twice"},
      {"    filter:\n      xray: a\n", "f:4: observability.tracing.filter.xray has the value 'a'"},
      {"    filter:\n      xray:\n        otlp:\n          deny: a\n", "f:5: unknown key 'otlp'"},
  };
  for (const auto& [block, wanted] : cases) EXPECT_THAT(in_yaml(block), HasSubstr(wanted));
}

TEST(Filter, that_is_a_map_in_the_file_is_edited_by_a_person) {
  const char* const map = "observability:\n  tracing:\n    filter:\n      deny: a\n";
  const auto edited = edit_yaml(map, "f", "observability.tracing.filter", "\"deny=b\"");
  ASSERT_FALSE(edited);
  EXPECT_THAT(edited.error().message, HasSubstr("edit it by hand"));
  EXPECT_EQ(*edit_yaml("observability:\n  tracing:\n    filter: deny=a  # why\n", "f",
                       "observability.tracing.filter", "\"deny=b\""),
            "observability:\n  tracing:\n    filter: \"deny=b\"  # why\n");
}

}  // namespace
}  // namespace spawn::config
