// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/limits.h"

#include "otel/test_engine.h"

namespace spawn::otel {
namespace {

namespace nostd = opentelemetry::nostd;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class LimitsTest : public EngineTest {
 protected:
  void limit(const SpanLimits& limits) { start(trace::Rate::always(), {}, limits); }
};

// https://opentelemetry.io/docs/specs/otel/common/#attribute-limits
TEST_F(LimitsTest, the_first_attributes_stay_and_may_change) {
  limit({.attributes = 2});
  const auto span = tracer("scope")->StartSpan("s", {{"a", 1}});
  span->SetAttribute("b", 2);
  span->SetAttribute("c", 3);
  span->SetAttribute("a", 4);
  span->End();
  const auto seen = only("s");
  EXPECT_EQ(seen.text("a"), "4");
  EXPECT_EQ(seen.text("b"), "2");
  EXPECT_EQ(seen.attributes.count("c"), 0U);
  EXPECT_EQ(seen.text("otel.scope.name"), "scope");
}

TEST_F(LimitsTest, text_is_cut_by_characters_in_lists_too) {
  limit({.characters = 2});
  const nostd::string_view texts[] = {"abc", "a"};
  const auto span = tracer()->StartSpan("s", {{"given", "xyz"}});
  span->SetAttribute("text", "\xC3\xA4\xC3\xB6\xC3\xBC");
  span->SetAttribute("texts", nostd::span<const nostd::string_view>(texts));
  span->SetAttribute("number", 12345);
  span->End();
  const auto seen = only("s").attributes;
  EXPECT_EQ(seen.at("given"), trace::OwnedValue(std::string("xy")));
  EXPECT_EQ(seen.at("text"), trace::OwnedValue(std::string("\xC3\xA4\xC3\xB6")));
  EXPECT_EQ(seen.at("texts"), trace::OwnedValue(std::vector<std::string>{"ab", "a"}));
  EXPECT_EQ(seen.at("number"), trace::OwnedValue(std::int64_t{12345}));
}

// https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits
TEST_F(LimitsTest, events_and_what_they_carry_are_limited) {
  limit({.events = 2, .attributes_of_event = 1});
  const auto span = tracer()->StartSpan("s");
  span->AddEvent("first", {{"kept", 1}, {"left.out", 2}});
  span->AddEvent("second");
  span->AddEvent("third");
  span->AddEvent("fourth", {{"k", 1}});
  span->End();
  EXPECT_THAT(line(), HasSubstr("first"));
  EXPECT_THAT(line(), HasSubstr("kept"));
  EXPECT_THAT(line(), HasSubstr("second"));
  EXPECT_THAT(line(), Not(HasSubstr("left.out")));
  EXPECT_THAT(line(), Not(HasSubstr("third")));
  EXPECT_THAT(line(), Not(HasSubstr("fourth")));
}

TEST_F(LimitsTest, links_and_what_they_carry_are_limited) {
  limit({.links = 1, .attributes_of_link = 1});
  const auto linked = tracer()->StartSpan("linked");
  tracer()
      ->StartSpan("s", {},
                  {{linked->GetContext(), {{"kept", 1}, {"left.out", 2}}},
                   {linked->GetContext(), {{"second", 1}}}})
      ->End();
  linked->End();
  EXPECT_THAT(only("s").links, SizeIs(1));
  EXPECT_THAT(line(), HasSubstr("kept"));
  EXPECT_THAT(line(), Not(HasSubstr("left.out")));
}

}  // namespace
}  // namespace spawn::otel
