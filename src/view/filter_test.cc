// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::view {
namespace {

// A web service on EC2 that failed with 502 after 1.5 s because DynamoDB throttled it; it told a
// queue's worker, too.
TraceSummary trace() {
  TraceSummary t;
  t.duration_ns = 2'000'000'000;
  t.response_time_ns = 1'500'000'000;
  t.has_fault = true;
  t.http = {"http://shop.example.com/cart", "GET", "curl/8.1", "192.0.2.7", 502};
  t.annotations = {{"spawn_job_array_id", std::string("sweep-1"), {0}},
                   {"spawn_job_array_index", 7.0, {0}},
                   {"beta", true, {0}},
                   {"shard", std::string("a"), {0}},
                   {"shard", std::string("b"), {1}}};
  t.users = {{"ada", {0}}};
  t.services = {{{"shop", "AWS::EC2::Instance", "111122223333"}, "", false, true},
                {{"carts", "AWS::DynamoDB::Table", ""}, "DynamoDB", true, false},
                {{"mail", "remote", ""}, "", true, false}};
  t.instance_ids = {"i-0abc"};
  t.availability_zones = {"eu-west-1a"};
  t.resource_arns = {"arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc"};
  t.entry_point = 0;
  const Outcome failed{0, 1'500'000'000, false, true, false, false};
  const Outcome throttled{0, 20'000'000, true, false, true, false};
  const Outcome fine{0, 5'000'000, false, false, false, false};
  t.details = {{t.http, "ada", "i-0abc", "eu-west-1a", t.resource_arns[0], {}},
               {{"", "", "", "", 400}, "", "", "", "", {{"ThrottlingException", "Slow down"}}}};
  t.visits = {{0, kClient, failed, failed, 0},
              {1, 0, throttled, throttled, 1},
              {2, 0, fine, fine, static_cast<std::uint32_t>(-1)}};
  return t;
}

bool matches(std::string_view expression) {
  const auto filter = Filter::parse(expression);
  if (!filter) {
    ADD_FAILURE() << explain(expression, filter.error());
    return false;
  }
  return filter->matches(trace());
}

void expect_all(bool expected, std::initializer_list<std::string_view> expressions) {
  for (const std::string_view expression : expressions) {
    EXPECT_EQ(matches(expression), expected) << expression;
  }
}

std::string error_of(std::string_view expression) {
  const auto filter = Filter::parse(expression);
  return filter ? "(no error)" : explain(expression, filter.error());
}

TEST(Filter, the_empty_expression_matches_everything) { expect_all(true, {"", "  \t\n"}); }

TEST(Filter, booleans_are_bare_negated_or_compared) {
  expect_all(true, {"fault", "FAULT", "fault = true", "!ok", "NOT ok", "ok = false", "ok != true",
                    "!error", "!throttle", "!partial", "root", "inferred", "!!fault"});
  expect_all(false, {"ok", "!fault", "fault != true", "fault=false", "error", "throttle", "partial",
                     "!root", "!inferred"});
}

TEST(Filter, numbers_are_compared_in_seconds) {
  expect_all(true, {"responsetime = 1.5", "responsetime > 1", "responsetime >= 1.5",
                    "duration < 2.5", "duration <= 2", "duration != 3", "http.status = 502",
                    "http.status >= 500 http.status < 600", "duration > -1", "duration > 1e0"});
  expect_all(false, {"responsetime < 1.5", "duration > 2", "http.status = 200"});
}

TEST(Filter, texts_are_compared_as_they_are) {
  expect_all(true, {R"(http.url = "http://shop.example.com/cart")", R"(http.url CONTAINS "shop")",
                    R"(http.url beginswith "http://")", R"(http.url ENDSWITH "/cart")",
                    R"(http.method != "POST")", R"(http.useragent CONTAINS "")",
                    R"(http.clientip = "192.0.2.7")", R"(user = "ada")", R"(name = "mail")",
                    R"(type = "AWS::DynamoDB::Table")", R"(type = "ThrottlingException")",
                    R"(message CONTAINS "Slow")", R"(instance.id = "i-0abc")",
                    R"(availabilityzone = "eu-west-1a")", R"(resource.arn ENDSWITH "i-0abc")"});
  expect_all(false, {R"(http.method = "get")", R"(user = "Ada")", R"(name = "cart")",
                     R"(message = "")", R"(instance.id = "i-0ab")"});
}

TEST(Filter, what_is_not_there_is_not_compared) {
  TraceSummary empty;
  for (const auto* expression : {R"(http.url CONTAINS "")", R"(http.url != "x")", R"(user != "x")",
                                 "http.status != 200", "responsetime >= 0", "annotation.a != 1"}) {
    EXPECT_FALSE(Filter::parse(expression)->matches(empty)) << expression;
  }
}

TEST(Filter, annotations_are_asked_for_or_compared_by_their_type) {
  expect_all(true, {"annotation.beta", "annotation.beta = true", "annotation[beta] != false",
                    R"(annotation.spawn_job_array_id = "sweep-1")",
                    R"(annotation[ spawn_job_array_id ] BEGINSWITH "sweep-")",
                    "annotation.spawn_job_array_index >= 7", R"(annotation.shard = "b")",
                    "!annotation.none"});
  expect_all(false, {"annotation.none", R"(annotation.spawn_job_array_index = "7")",
                     "annotation.beta = false", "annotation.BETA", R"(annotation.shard = "c")"});
}

TEST(Filter, a_service_is_found_by_name_or_identity_and_by_what_it_did) {
  expect_all(
      true, {R"(service("carts"))", "service()", R"(service("carts") { throttle error })",
             R"(service() { fault })", R"(service("mail") {})", R"(!service("mail") { fault })",
             R"(service(id(name: "shop", type: "AWS::EC2::Instance", account.id: "111122223333")))",
             R"(service(id(type: "AWS::DynamoDB::Table")) { inferred AND responsetime < 0.1 })",
             R"(service("shop") { user = "ada" root http.status = 502 })",
             R"(service("carts") { message CONTAINS "Slow" and http.status = 400 })"});
  expect_all(false, {R"(service("cart"))", R"(service("carts") { ok })", R"(!service("mail"))",
                     R"(service(id(name: "shop", type: "client")))",
                     R"(service("mail") { user = "ada" })"});
}

TEST(Filter, an_edge_is_found_by_both_its_ends) {
  expect_all(true, {R"(edge("shop", "carts"))", R"(edge("shop", "carts") { throttle })", "edge()",
                    R"(edge(id(name: "shop"), id(type: "remote")) { ok })",
                    R"(edge(id(type: "client"), "shop") { fault })"});
  expect_all(false, {R"(edge("carts", "shop"))", R"(edge("shop", "mail") { error })",
                     R"(edge(id(type: "client"), "carts"))"});
}

TEST(Filter, and_binds_tighter_than_or_and_side_by_side_is_and) {
  expect_all(true, {"ok error OR fault", "fault OR ok AND error", "(fault OR ok) !error",
                    "fault !partial duration <3", "fault and (ok or (root or error))"});
  expect_all(false, {"(fault OR ok) error", "ok AND (fault OR error)", "!(fault OR ok)"});
}

TEST(Filter, a_text_may_hold_quotes_and_anything_else) {
  TraceSummary t;
  t.users = {{R"(a "b" \ {c})", {}}};
  EXPECT_TRUE(Filter::parse(R"(user = "a \"b\" \\ {c}")")->matches(t));
}

TEST(Filter, a_group_stands_for_its_expression) {
  const FindGroup groups = [](std::string_view name) -> std::optional<std::string> {
    if (name == "bad") return "faul";
    if (name == "ring") return "group.name = \"ring\"";
    return name == "slow" ? std::optional<std::string>("responsetime > 1 OR ok") : std::nullopt;
  };
  EXPECT_TRUE(Filter::parse(R"(group.name = "slow" fault)", groups)->matches(trace()));
  EXPECT_FALSE(Filter::parse(R"(group.name = "slow" error)", groups)->matches(trace()));
  EXPECT_THAT(Filter::parse(R"(group.name = "none")", groups).error().message,
              "there is no group 'none'");
  EXPECT_THAT(Filter::parse(R"(group.arn = "bad")", groups).error().message,
              testing::HasSubstr("of this group is broken: 'faul' is no keyword"));
  EXPECT_FALSE(Filter::parse(R"(group.name = "ring")", groups).has_value());
}

TEST(Filter, a_word_that_is_near_to_no_keyword_may_be_a_service) {
  EXPECT_THAT(error_of("checkout"), testing::StartsWith("'checkout' is no keyword of filter "
                                                        "expressions; for a service write "
                                                        "service(\"checkout\")\n"));
}

TEST(Filter, a_typo_shows_where_and_what_was_meant) {
  EXPECT_EQ(error_of("ok AND respnsetime > 1"),
            "'respnsetime' is no keyword of filter expressions; did you mean responsetime?\n"
            "  ok AND respnsetime > 1\n"
            "         ^^^^^^^^^^^");
  EXPECT_EQ(error_of(R"(http.url CONTAIN "x")"),
            "http.url needs one of = != CONTAINS BEGINSWITH ENDSWITH and a text in double quotes; "
            "did you mean CONTAINS?\n"
            "  http.url CONTAIN \"x\"\n"
            "           ^^^^^^^");
  EXPECT_EQ(error_of("ok AND"),
            "a keyword was expected here\n"
            "  ok AND\n"
            "        ^");
}

TEST(Filter, every_kind_of_mistake_has_a_place) {
  const struct {
    std::string_view expression;
    std::size_t at;
    std::size_t length;
  } cases[] = {{"http.status = \"200\"", 14, 5},
               {"http.status CONTAINS 2", 12, 8},
               {"user = ada", 7, 3},
               {"user < \"a\"", 5, 1},
               {"user", 4, 0},
               {"ok = 1", 5, 1},
               {"ok > true", 3, 1},
               {"(ok", 3, 0},
               {"ok)", 2, 1},
               {"()", 1, 1},
               {"OR ok", 0, 2},
               {"user = \"ada", 7, 4},
               {"service(carts)", 8, 5},
               {"service(\"a\") { ok", 17, 0},
               {"edge(\"a\")", 8, 1},
               {"service(id(nam: \"a\"))", 11, 3},
               {"service(\"a\") { annotation.b }", 15, 12},
               {"annotation = 1", 0, 10},
               {"annotation[a", 11, 1},
               {"annotation.a < \"b\"", 13, 5},
               {"annotation.a = b", 15, 1},
               {"group.name = 1", 13, 1},
               {"!", 1, 0},
               {"ok $ error", 3, 1}};
  for (const auto& [expression, at, length] : cases) {
    const auto filter = Filter::parse(expression);
    ASSERT_FALSE(filter.has_value()) << expression;
    EXPECT_EQ(filter.error().at, at) << explain(expression, filter.error());
    EXPECT_EQ(filter.error().length, length) << explain(expression, filter.error());
    EXPECT_FALSE(filter.error().unsupported) << expression;
  }
}

TEST(Filter, what_only_xray_knows_is_told_from_a_typo) {
  for (const auto* expression :
       {"first", "rootcause.fault.service { name = \"a\" }", "coverage > 0.5", "ok remote"}) {
    const auto filter = Filter::parse(expression);
    ASSERT_FALSE(filter.has_value()) << expression;
    EXPECT_TRUE(filter.error().unsupported) << expression;
  }
}

TEST(Filter, nesting_is_bounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "ok" + std::string(depth, ')');
  };
  EXPECT_TRUE(Filter::parse(nested(60)).has_value());
  EXPECT_FALSE(Filter::parse(nested(100'000)).has_value());
  EXPECT_TRUE(Filter::parse(std::string(100'000, '!') + "ok").has_value());
}

TEST(Filter, an_error_shows_hostile_text_inert_and_points_at_the_right_column) {
  EXPECT_EQ(error_of("user = \"\x1b[31m漢\" AND fualt"),
            "'fualt' is no keyword of filter expressions; did you mean fault?\n"
            "  user = \"\\x1b[31m漢\" AND fualt\n"
            "                          ^^^^^");
}

}  // namespace
}  // namespace spawn::view
