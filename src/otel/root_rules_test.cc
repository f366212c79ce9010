// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/root_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opentelemetry/common/key_value_iterable_view.h>

#include <map>
#include <string>
#include <vector>

#include "otel/test_engine.h"

namespace spawn::otel {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using Attributes = std::map<std::string, opentelemetry::common::AttributeValue>;

// What was asked; views would not last.
struct Asked {
  std::string host;
  std::string method;
  std::string path;
  std::string arn;
  std::map<std::string, std::string> attributes;
  std::uint64_t randomness = 0;
};

// Rules that say `keep` to every root.
RootRules rules(bool keep, std::vector<Asked>& asked) {
  return {"arn:aws:ecs:eu-west-1:1:container/7",
          [keep, &asked](const xray::SamplingRequest& request, std::uint64_t randomness) {
            Asked& now = asked.emplace_back();
            now.host = request.host;
            now.method = request.http_method;
            now.path = request.url_path;
            now.arn = request.resource_arn;
            now.randomness = randomness;
            for (const auto& [name, value] : request.attributes) {
              now.attributes[std::string(name)] = value;
            }
            return keep;
          }};
}

Asked asked_about(const Attributes& attributes) {
  std::vector<Asked> asked;
  (void)rules(true, asked)
      .keeps(opentelemetry::common::KeyValueIterableView<Attributes>(attributes), 7);
  return asked.at(0);
}

TEST(RootRules, are_asked_about_a_root_by_its_attributes_and_the_arn) {
  const Asked asked = asked_about({{"server.address", "shop.example"},
                                   {"http.request.method", "GET"},
                                   {"url.path", "/cart/7"},
                                   {"tier", "gold"},
                                   {"items", 7}});
  EXPECT_EQ(asked.host, "shop.example");
  EXPECT_EQ(asked.method, "GET");
  EXPECT_EQ(asked.path, "/cart/7");
  EXPECT_EQ(asked.arn, "arn:aws:ecs:eu-west-1:1:container/7");
  EXPECT_EQ(asked.attributes.at("tier"), "gold");
  EXPECT_EQ(asked.attributes.count("items"), 0U);
  EXPECT_EQ(asked.randomness, 7U);
}

TEST(RootRules, read_older_names_too) {
  const Asked asked = asked_about(
      {{"http.host", "shop.example"}, {"http.method", "PUT"}, {"http.target", "/cart?id=7"}});
  EXPECT_EQ(asked.host, "shop.example");
  EXPECT_EQ(asked.method, "PUT");
  EXPECT_EQ(asked.path, "/cart");
  EXPECT_EQ(asked_about({{"net.host.name", "shop"}}).host, "shop");
  EXPECT_EQ(asked_about({{"http.url", "http://shop.example/pay?id=7"}}).path, "/pay");
  EXPECT_EQ(asked_about({{"url.full", "https://shop.example/a/b"}}).path, "/a/b");
  EXPECT_EQ(asked_about({{"url.full", "no address"}}).path, "");
}

TEST(SampledService, is_what_the_resource_says) {
  const SampledService ecs = sampled_service(
      trace::Resource({{"service.name", "shop"},
                       {"cloud.platform", "aws_ecs"},
                       {"aws.ecs.container.arn", "arn:aws:ecs:eu-west-1:1:container/7"}}));
  EXPECT_EQ(ecs.service.name, "shop");
  EXPECT_EQ(ecs.service.type, "AWS::ECS::Container");
  EXPECT_EQ(ecs.arn, "arn:aws:ecs:eu-west-1:1:container/7");
  const SampledService elsewhere =
      sampled_service(trace::Resource({{"service.name", "shop"}, {"cloud.platform", "azure.vm"}}));
  EXPECT_EQ(elsewhere.service.type, "");
  EXPECT_EQ(elsewhere.arn, "");
}

class EngineWithRules : public EngineTest {
 protected:
  void start_with(bool keep) { start(trace::Rate::always(), {}, {}, rules(keep, asked_)); }
  std::vector<Asked> asked_;
};

TEST_F(EngineWithRules, keeps_the_roots_that_they_keep_and_tells_no_probability) {
  start_with(true);
  const auto span = tracer()->StartSpan("GET", {{"url.path", "/cart/7"}});
  const api::SpanContext context = span->GetContext();
  span->End();
  ASSERT_THAT(asked_, SizeIs(1));
  EXPECT_EQ(asked_[0].path, "/cart/7");
  EXPECT_EQ(asked_[0].randomness, from_api(context.trace_id()).randomness());
  EXPECT_TRUE(context.IsSampled());
  EXPECT_EQ(context.trace_state()->ToHeader(), "");
  EXPECT_THAT(exported(), SizeIs(1));
}

TEST_F(EngineWithRules, records_nothing_of_the_roots_that_they_do_not_keep) {
  start_with(false);
  const auto span = tracer()->StartSpan("GET");
  {
    const api::Scope scope(span);
    tracer()->StartSpan("below")->End();
  }
  EXPECT_FALSE(span->IsRecording());
  EXPECT_FALSE(span->GetContext().IsSampled());
  span->End();
  EXPECT_THAT(asked_, SizeIs(1));
  EXPECT_THAT(exported(), IsEmpty());
}

TEST_F(EngineWithRules, obeys_a_parent_and_asks_nobody) {
  const std::uint8_t trace[16] = {1, 2};
  const std::uint8_t parent[8] = {3};
  for (const bool sampled : {false, true}) {
    start_with(!sampled);
    api::StartSpanOptions options;
    options.parent = api::SpanContext(api::TraceId(trace), api::SpanId(parent),
                                      api::TraceFlags(sampled ? 1 : 0), true);
    EXPECT_EQ(tracer()->StartSpan("GET", {}, options)->GetContext().IsSampled(), sampled);
  }
  EXPECT_THAT(asked_, IsEmpty());
}

}  // namespace
}  // namespace spawn::otel
