// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/remote_sampler.h"

#include <gtest/gtest.h>
#include <opentelemetry/sdk/trace/processor.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>

#include <map>
#include <string>
#include <vector>

#include "otel/ids.h"
#include "otel/sampler.h"
#include "testing/fakes.h"

namespace spawn::otel {
namespace {

namespace api = opentelemetry::trace;
namespace sdk = opentelemetry::sdk;

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

class RemoteSamplerTest : public ::testing::Test {
 protected:
  // A span of a program on the SDK whose sampler says `keep` to every root.
  api::SpanContext span(const Attributes& attributes, bool keep,
                        const api::SpanContext& parent = api::SpanContext::GetInvalid()) {
    auto decide = [this, keep](const xray::SamplingRequest& request, std::uint64_t randomness) {
      Asked asked{std::string(request.host),
                  std::string(request.http_method),
                  std::string(request.url_path),
                  std::string(request.resource_arn),
                  {},
                  randomness};
      for (const auto& [name, value] : request.attributes)
        asked.attributes[std::string(name)] = value;
      asked_.push_back(std::move(asked));
      return keep;
    };
    sdk::trace::TracerProvider provider(
        std::vector<std::unique_ptr<sdk::trace::SpanProcessor>>(),
        sdk::resource::Resource::Create({}),
        std::make_unique<RemoteSampler>("arn:aws:ecs:eu-west-1:1:container/7", decide),
        std::make_unique<XRayIdGenerator>(clock_, rng_));
    api::StartSpanOptions options;
    options.parent = parent;
    return provider.GetTracer("lib")->StartSpan("GET", attributes, options)->GetContext();
  }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  std::vector<Asked> asked_;
};

TEST_F(RemoteSamplerTest, a_root_is_as_the_rules_say) {
  EXPECT_TRUE(span({}, true).IsSampled());
  EXPECT_FALSE(span({}, false).IsSampled());
}

TEST_F(RemoteSamplerTest, a_root_is_asked_about_by_its_attributes_its_id_and_its_arn) {
  const auto context = span({{"server.address", "shop.example"},
                             {"http.request.method", "GET"},
                             {"url.path", "/cart/7"},
                             {"tier", "gold"},
                             {"items", 7}},
                            true);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].host, "shop.example");
  EXPECT_EQ(asked_[0].method, "GET");
  EXPECT_EQ(asked_[0].path, "/cart/7");
  EXPECT_EQ(asked_[0].arn, "arn:aws:ecs:eu-west-1:1:container/7");
  EXPECT_EQ(asked_[0].attributes["tier"], "gold");
  EXPECT_EQ(asked_[0].attributes.count("items"), 0U);
  EXPECT_EQ(asked_[0].randomness, from_api(context.trace_id()).randomness());
}

TEST_F(RemoteSamplerTest, older_names_are_read_too) {
  span({{"http.host", "shop.example"}, {"http.method", "PUT"}, {"http.target", "/cart?id=7"}},
       true);
  span({{"net.host.name", "shop"}, {"http.url", "http://shop.example/pay?id=7"}}, true);
  span({{"url.full", "https://shop.example/a/b"}}, true);
  span({{"url.full", "no address"}}, true);
  ASSERT_EQ(asked_.size(), 4U);
  EXPECT_EQ(asked_[0].host, "shop.example");
  EXPECT_EQ(asked_[0].method, "PUT");
  EXPECT_EQ(asked_[0].path, "/cart");
  EXPECT_EQ(asked_[1].host, "shop");
  EXPECT_EQ(asked_[1].path, "/pay");
  EXPECT_EQ(asked_[2].path, "/a/b");
  EXPECT_EQ(asked_[3].path, "");
}

TEST_F(RemoteSamplerTest, a_parent_is_obeyed_and_no_rule_is_asked) {
  const std::uint8_t trace[16] = {1, 2};
  const std::uint8_t parent[8] = {3};
  for (const bool sampled : {false, true}) {
    const api::SpanContext context(api::TraceId(trace), api::SpanId(parent),
                                   api::TraceFlags(sampled ? 1 : 0), true);
    EXPECT_EQ(span({}, !sampled, context).IsSampled(), sampled);
  }
  EXPECT_TRUE(asked_.empty());
}

TEST(SampledService, is_what_the_resource_says) {
  const auto ecs = sampled_service(sdk::resource::Resource::Create(
      {{"service.name", "shop"},
       {"cloud.platform", "aws_ecs"},
       {"aws.ecs.container.arn", "arn:aws:ecs:eu-west-1:1:container/7"}}));
  EXPECT_EQ(ecs.service.name, "shop");
  EXPECT_EQ(ecs.service.type, "AWS::ECS::Container");
  EXPECT_EQ(ecs.arn, "arn:aws:ecs:eu-west-1:1:container/7");
  const auto elsewhere = sampled_service(
      sdk::resource::Resource::Create({{"service.name", "shop"}, {"cloud.platform", "azure.vm"}}));
  EXPECT_EQ(elsewhere.service.type, "");
  EXPECT_EQ(elsewhere.arn, "");
}

}  // namespace
}  // namespace spawn::otel
