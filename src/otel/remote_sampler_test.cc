// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/remote_sampler.h"

#include <gtest/gtest.h>
#include <opentelemetry/sdk/trace/processor.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>

#include <string>
#include <vector>

#include "otel/ids.h"
#include "otel/sampler.h"
#include "testing/fakes.h"

namespace spawn::otel {
namespace {

namespace api = opentelemetry::trace;
namespace sdk = opentelemetry::sdk;

class RemoteSamplerTest : public ::testing::Test {
 protected:
  // A span of a program on the SDK whose rules say `keep` to every root.
  api::SpanContext span(bool keep,
                        const api::SpanContext& parent = api::SpanContext::GetInvalid()) {
    RootRules rules{"", [this, keep](const xray::SamplingRequest& request, std::uint64_t random) {
                      paths_.emplace_back(request.url_path);
                      randomness_ = random;
                      return keep;
                    }};
    sdk::trace::TracerProvider provider(std::vector<std::unique_ptr<sdk::trace::SpanProcessor>>(),
                                        sdk::resource::Resource::Create({}),
                                        std::make_unique<RemoteSampler>(std::move(rules)),
                                        std::make_unique<XRayIdGenerator>(clock_, rng_));
    api::StartSpanOptions options;
    options.parent = parent;
    return provider.GetTracer("lib")
        ->StartSpan("GET", {{"url.path", "/cart/7"}}, options)
        ->GetContext();
  }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  std::vector<std::string> paths_;
  std::uint64_t randomness_ = 0;
};

TEST_F(RemoteSamplerTest, a_root_is_as_the_rules_say) {
  EXPECT_TRUE(span(true).IsSampled());
  EXPECT_FALSE(span(false).IsSampled());
}

TEST_F(RemoteSamplerTest, a_root_is_asked_about_by_its_attributes_and_its_id) {
  const auto context = span(true);
  EXPECT_EQ(paths_, std::vector<std::string>{"/cart/7"});
  EXPECT_EQ(randomness_, from_api(context.trace_id()).randomness());
}

TEST_F(RemoteSamplerTest, a_parent_is_obeyed_and_no_rule_is_asked) {
  const std::uint8_t trace[16] = {1, 2};
  const std::uint8_t parent[8] = {3};
  for (const bool sampled : {false, true}) {
    const api::SpanContext context(api::TraceId(trace), api::SpanId(parent),
                                   api::TraceFlags(sampled ? 1 : 0), true);
    EXPECT_EQ(span(!sampled, context).IsSampled(), sampled);
  }
  EXPECT_TRUE(paths_.empty());
}

}  // namespace
}  // namespace spawn::otel
