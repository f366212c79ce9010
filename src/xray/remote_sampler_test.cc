// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/remote_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "core/json.h"
#include "testing/fakes.h"

namespace spawn::xray {
namespace {

using namespace std::chrono_literals;
using core::Json;

// X-Ray's two sampling operations.
class SamplingApi final : public http::Client {
 public:
  core::Result<http::Reply> send(const http::Request& request) override {
    if (failing) return core::fail(core::Code::unavailable, "down");
    asked.push_back(core::Url::parse(request.url)->path);
    http::Reply reply;
    reply.status = 200;
    if (asked.back() == "/GetSamplingRules") {
      if (!has_sampling) reply.status = 404;  // as moto
      reply.body = rules;
    } else {
      reported.push_back(*Json::parse(request.body));
      reply.body = targets;
    }
    return reply;
  }
  [[nodiscard]] std::size_t count(const std::string& path) const {
    return static_cast<std::size_t>(std::ranges::count(asked, path));
  }

  bool failing = false;
  bool has_sampling = true;
  std::string rules;
  std::string targets = R"({"SamplingTargetDocuments":[]})";
  std::vector<std::string> asked;
  std::vector<Json> reported;
};

std::string rule(const std::string& name, int priority, double rate, int reservoir,
                 const std::string& service = "*") {
  return R"({"SamplingRule":{"RuleName":")" + name + R"(","Priority":)" + std::to_string(priority) +
         R"(,"FixedRate":)" + std::to_string(rate) + R"(,"ReservoirSize":)" +
         std::to_string(reservoir) + R"(,"ServiceName":")" + service +
         R"(","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","ResourceARN":"*","Version":1}})";
}
std::string rules(std::initializer_list<std::string> all) {
  std::string text = R"({"SamplingRuleRecords":[)";
  for (const std::string& one : all) text += (text.back() == '[' ? "" : ",") + one;
  return text + "]}";
}

class RemoteSamplerTest : public ::testing::Test {
 protected:
  RemoteSampler::Polled poll() {
    return sampler_.poll(*stack_, endpoint_, core::Deadline::after(clock_, 5s));
  }
  // Something was due, and all of it went well.
  bool succeeds() {
    const auto asked = poll().asked;
    return asked && *asked;
  }
  // How many of so many roots at one instant.
  int kept(int roots) {
    int count = 0;
    for (int i = 0; i < roots; ++i) {
      count += sampler_.keeps("root", trace::SpanKind::server, rng_.next() >> 8) ? 1 : 0;
    }
    return count;
  }
  const Json& statistics(std::size_t report = 0) const {
    return api_.reported.at(report).find("SamplingStatisticsDocuments")->array()->at(0);
  }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  SamplingApi api_;
  aws::FixedCredentials credentials_;
  std::unique_ptr<aws::Caller> stack_ =
      aws::make_plain_stack({api_, credentials_, clock_, rng_, aws::RetryPolicy{}});
  aws::Endpoint endpoint_{*core::Url::parse("http://xray.test"), "eu-west-1"};
  RemoteSampler sampler_{{"shop", "AWS::EC2::Instance"}, clock_, rng_};
};

TEST_F(RemoteSamplerTest, until_there_are_rules_one_a_second_and_five_percent_are_kept) {
  EXPECT_EQ(kept(1), 1);
  EXPECT_NEAR(kept(10'000), 500, 100);
  clock_.advance(1s);
  EXPECT_EQ(kept(1), 1);
}

TEST_F(RemoteSamplerTest, the_first_rule_by_priority_decides) {
  api_.rules = rules({rule("Default", 10000, 0, 0), rule("shop", 1, 1, 0, "sh*")});
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(kept(100), 100);
  api_.rules = rules({rule("Default", 10000, 0, 0), rule("other", 1, 1, 0, "other")});
  clock_.advance(400s);
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(kept(100), 0);
}

TEST_F(RemoteSamplerTest, a_hundred_thousand_roots_at_a_tenth_give_ten_thousand) {
  api_.rules = rules({rule("Default", 10000, 0.1, 0)});
  EXPECT_TRUE(succeeds());
  EXPECT_NEAR(kept(100'000), 10'000, 300);
}

TEST_F(RemoteSamplerTest, without_a_quota_one_a_second_is_borrowed_and_reported_so) {
  api_.rules = rules({rule("Default", 10000, 0, 50)});
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(kept(10), 1);
  clock_.advance(1s);
  EXPECT_EQ(kept(10), 1);
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(statistics().text_at("RuleName"), "Default");
  EXPECT_EQ(statistics().text_at("ClientID").size(), 24U);
  EXPECT_EQ(*statistics().find("RequestCount")->integer(), 20);
  EXPECT_EQ(*statistics().find("SampledCount")->integer(), 2);
  EXPECT_EQ(*statistics().find("BorrowCount")->integer(), 2);
}

TEST_F(RemoteSamplerTest, a_quota_is_used_up_each_second_until_it_ends) {
  api_.rules = rules({rule("Default", 10000, 0, 50)});
  EXPECT_TRUE(succeeds());
  (void)kept(1);
  const double ends = static_cast<double>(clock_.now().wall_ns) / 1e9 + 100;
  api_.targets =
      R"({"SamplingTargetDocuments":[{"RuleName":"Default","FixedRate":0,
    "ReservoirQuota":7,"ReservoirQuotaTTL":)" +
      std::to_string(ends) + R"(,"Interval":10}]})";
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(kept(100), 7);
  clock_.advance(1s);
  EXPECT_EQ(kept(100), 7);
  clock_.advance(200s);  // it has ended: borrowed again
  EXPECT_EQ(kept(100), 1);
}

TEST_F(RemoteSamplerTest, statistics_begin_anew_and_come_back_when_they_could_not_be_sent) {
  api_.rules = rules({rule("Default", 10000, 1, 0)});
  EXPECT_TRUE(succeeds());
  (void)kept(3);
  clock_.advance(20s);
  api_.failing = true;
  EXPECT_FALSE(succeeds());
  api_.failing = false;
  (void)kept(2);
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(*statistics().find("RequestCount")->integer(), 5);
  (void)kept(1);
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(*statistics(1).find("RequestCount")->integer(), 1);
}

TEST_F(RemoteSamplerTest, what_is_not_due_yet_is_reported_at_the_end) {
  api_.rules = rules({rule("Default", 10000, 1, 0)});
  EXPECT_TRUE(succeeds());
  (void)kept(1);
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  (void)kept(3);
  EXPECT_TRUE(sampler_.has_counted());
  sampler_.report_rest(*stack_, endpoint_, core::Deadline::after(clock_, 200ms));
  ASSERT_EQ(api_.reported.size(), 2U);
  EXPECT_EQ(*statistics(1).find("RequestCount")->integer(), 3);
  EXPECT_FALSE(sampler_.has_counted());
}

TEST_F(RemoteSamplerTest, at_the_end_nobody_is_asked_where_nothing_was_counted) {
  api_.rules = rules({rule("Default", 10000, 1, 0)});
  (void)kept(3);  // by no rule of X-Ray's
  EXPECT_TRUE(succeeds());
  EXPECT_FALSE(sampler_.has_counted());
  sampler_.report_rest(*stack_, endpoint_, core::Deadline::after(clock_, 200ms));
  EXPECT_THAT(api_.reported, ::testing::IsEmpty());
}

TEST_F(RemoteSamplerTest, reports_twenty_five_rules_a_call_at_most) {
  std::string all = R"({"SamplingRuleRecords":[)";
  for (int i = 0; i < 60; ++i) {
    all += (i == 0 ? "" : ",") + rule("r" + std::to_string(i), i + 1, 1, 0);
    all.replace(all.rfind(R"("Host":"*")"), 10, R"("Host":"h)" + std::to_string(i) + '"');
  }
  api_.rules = all + "]}";
  EXPECT_TRUE(succeeds());
  for (int i = 0; i < 60; ++i) {
    SamplingRequest request;
    const std::string host = "h" + std::to_string(i);
    request.host = host;
    EXPECT_TRUE(sampler_.keeps(request, 0));
  }
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  std::vector<std::size_t> sizes;
  for (const Json& report : api_.reported) {
    sizes.push_back(report.find("SamplingStatisticsDocuments")->array()->size());
  }
  EXPECT_THAT(sizes, ::testing::ElementsAre(25, 25, 10));
}

TEST_F(RemoteSamplerTest, newer_rules_are_fetched_at_once) {
  api_.rules = rules({rule("Default", 10000, 1, 0)});
  EXPECT_TRUE(succeeds());
  (void)kept(1);
  api_.targets = R"({"SamplingTargetDocuments":[],"LastRuleModification":)" +
                 std::to_string(static_cast<double>(clock_.now().wall_ns) / 1e9 + 10) + "}";
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(api_.count("/GetSamplingRules"), 2U);
}

TEST_F(RemoteSamplerTest, rules_that_are_an_hour_old_count_no_more) {
  api_.rules = rules({rule("Default", 10000, 0, 0)});
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(kept(100), 0);
  api_.failing = true;
  clock_.advance(59min);
  (void)poll();
  EXPECT_EQ(kept(100), 0);
  clock_.advance(2min);
  EXPECT_EQ(kept(1), 1);
}

TEST_F(RemoteSamplerTest, goes_on_where_nobody_knows_sampling_and_says_why) {
  api_.has_sampling = false;
  EXPECT_FALSE(succeeds());
  EXPECT_EQ(kept(1), 1);
  clock_.advance(20s);
  EXPECT_FALSE(poll().asked);
  EXPECT_THAT(sampler_.state(), ::testing::HasSubstr("5 % of the others are kept (XRay"));
}

TEST_F(RemoteSamplerTest, a_clock_that_is_set_back_neither_stops_reports_nor_fills_the_reservoir) {
  api_.rules = rules({rule("Default", 10000, 0, 1)});
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(kept(10), 1);
  clock_.step_wall(-1h);
  EXPECT_EQ(kept(10), 0);
  clock_.advance(20s);
  EXPECT_TRUE(succeeds());
  EXPECT_EQ(api_.reported.size(), 1U);
}

TEST_F(RemoteSamplerTest, says_when_to_come_again_with_jitter) {
  api_.rules = rules({rule("Default", 10000, 1, 0)});
  const core::Nanos next = poll().next;
  EXPECT_GE(next, 10s);
  EXPECT_LE(next, 11s);
}

TEST(SamplingRules, patterns) {
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("", ""));
  EXPECT_TRUE(matches_pattern("a*c", "abbbc"));
  EXPECT_TRUE(matches_pattern("A?C", "abc"));
  EXPECT_TRUE(matches_pattern("*/cart/*", "/v1/cart/7"));
  EXPECT_TRUE(matches_pattern("**a*", "bab"));
  EXPECT_FALSE(matches_pattern("a?c", "ac"));
  EXPECT_FALSE(matches_pattern("a*", "ba"));
  EXPECT_FALSE(matches_pattern("?", ""));
  EXPECT_FALSE(matches_pattern("a", "ab"));
  EXPECT_FALSE(matches_pattern(std::string(50, '*') + "x", std::string(5000, 'a')));
}

TEST(SamplingRules, every_condition_must_hold) {
  aws::xray::SamplingRule rule;
  rule.name = "r";
  rule.service_name = "shop";
  rule.service_type = "*";
  rule.host = "*.example.com";
  rule.http_method = "GET";
  rule.url_path = "/cart*";
  rule.resource_arn = "*";
  rule.attributes = {{"tier", "gold*"}};
  const std::pair<std::string_view, std::string_view> gold[] = {{"tier", "golden"}};
  SamplingRequest request{"shop", "", "a.example.com", "get", "/cart/1", "", gold};
  EXPECT_TRUE(matches(rule, request));
  for (auto* field :
       {&request.service_name, &request.host, &request.http_method, &request.url_path}) {
    const std::string_view before = *field;
    *field = "other";
    EXPECT_FALSE(matches(rule, request));
    *field = before;
  }
  request.attributes = {};
  EXPECT_FALSE(matches(rule, request));
}

}  // namespace
}  // namespace spawn::xray
