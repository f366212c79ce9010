// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's own SDK with our exporter, ids and sampler.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/scope.h>

#include "core/clock.h"
#include "otel/sampler.h"
#include "otel/span_exporter.h"
#include "testing/fakes.h"

namespace spawn::otel {
namespace {

namespace api = opentelemetry::trace;
namespace nostd = opentelemetry::nostd;
namespace sdk = opentelemetry::sdk::trace;
using ::testing::SizeIs;

class SdkTest : public ::testing::Test {
 protected:
  std::unique_ptr<sdk::SpanExporter> exporter() {
    std::vector<telemetry::NamedSink> sinks;
    sinks.push_back({.name = "kept", .sink = std::make_unique<testing::CollectingSink>(log_)});
    auto engine = std::make_shared<telemetry::Telemetry>(std::move(sinks), trace::Rate::always(),
                                                         trace::Resource(), clock_, rng_);
    return std::make_unique<SpanExporter>(
        std::move(engine), [this](const telemetry::Stats& stats) { ended_.push_back(stats); });
  }
  std::unique_ptr<sdk::TracerProvider> provider(std::unique_ptr<sdk::SpanProcessor> processor,
                                                trace::Rate rate = trace::Rate::always()) {
    return std::make_unique<sdk::TracerProvider>(
        std::move(processor),
        opentelemetry::sdk::resource::Resource::Create(
            {{"service.name", "shop"}, {"numbers", std::vector<std::int32_t>{1, 2}}}),
        std::make_unique<ProbabilitySampler>(rate),
        std::make_unique<XRayIdGenerator>(clock_, rng_));
  }

  static inline core::SystemClock clock_;
  testing::FakeRng rng_;
  testing::SpanLog log_;
  std::vector<telemetry::Stats> ended_;
};

TEST_F(SdkTest, spans_of_the_stock_sdk_reach_our_sinks) {
  {
    const auto stock = provider(sdk::SimpleSpanProcessorFactory::Create(exporter()));
    const auto tracer = stock->GetTracer("lib", "1.2");
    const auto parent = tracer->StartSpan("parent", {{"a", 1}});
    const api::Scope scope(parent);
    const auto child = tracer->StartSpan("child");
    child->AddEvent("event", {{"k", "v"}});
    child->SetStatus(api::StatusCode::kError, "bad");
    child->End();
    parent->End();
  }
  const auto parent = log_.only("parent");
  const auto child = log_.only("child");
  EXPECT_EQ(child.parent_id, parent.span_id);
  EXPECT_FALSE(child.parent_remote);
  EXPECT_EQ(child.status, trace::StatusCode::error);
  EXPECT_EQ(child.status_message, "bad");
  EXPECT_EQ(parent.text("a"), "1");
  EXPECT_EQ(parent.text("otel.scope.name"), "lib");
  EXPECT_GE(parent.end_ns, child.end_ns);
  EXPECT_EQ(parent.trace_id.high >> 32,
            static_cast<std::uint64_t>(parent.start_ns / 1'000'000'000));
  ASSERT_THAT(ended_, SizeIs(1));
  EXPECT_EQ(ended_[0].exporters.at(0).delivered, 2U);
}

TEST_F(SdkTest, a_parent_that_did_not_begin_here_is_remote) {
  {
    const auto stock = provider(sdk::SimpleSpanProcessorFactory::Create(exporter()));
    api::StartSpanOptions options;
    const std::uint8_t trace[16] = {1, 2};
    const std::uint8_t span[8] = {3};
    options.parent =
        api::SpanContext(api::TraceId(trace), api::SpanId(span), api::TraceFlags(1), true);
    stock->GetTracer("lib")->StartSpan("child", options)->End();
  }
  EXPECT_TRUE(log_.only("child").parent_remote);
}

TEST_F(SdkTest, works_behind_the_batch_processor_and_flushes) {
  const auto stock = provider(sdk::BatchSpanProcessorFactory::Create(exporter(), {}));
  for (int i = 0; i < 100; ++i) stock->GetTracer("lib")->StartSpan("s")->End();
  EXPECT_TRUE(stock->ForceFlush());
  EXPECT_THAT(log_.spans(), SizeIs(100));
}

TEST_F(SdkTest, gets_what_the_batch_processor_still_has_when_that_is_shut_down_without_a_timeout) {
  for (int i = 0; i < 100; ++i) {
    const auto stock = provider(sdk::BatchSpanProcessorFactory::Create(exporter(), {}));
    stock->GetTracer("lib")->StartSpan("s")->End();
    EXPECT_TRUE(stock->Shutdown());
  }
  EXPECT_THAT(log_.spans(), SizeIs(100));
}

TEST_F(SdkTest, takes_nothing_after_its_shutdown_and_tells_the_counts_once) {
  const auto made = exporter();
  std::unique_ptr<sdk::Recordable> spans[] = {made->MakeRecordable()};
  const nostd::span<std::unique_ptr<sdk::Recordable>> batch(spans);
  EXPECT_EQ(made->Export(batch), opentelemetry::sdk::common::ExportResult::kSuccess);
  EXPECT_TRUE(made->Shutdown(std::chrono::seconds(30)));
  EXPECT_EQ(made->Export(batch), opentelemetry::sdk::common::ExportResult::kFailure);
  EXPECT_TRUE(made->Shutdown(std::chrono::seconds(30)));
  ASSERT_THAT(ended_, SizeIs(1));
  EXPECT_EQ(ended_[0].exporters.at(0).delivered, 1U);
}

TEST_F(SdkTest, the_sampler_decides_on_the_random_part_and_says_how) {
  ProbabilitySampler sampler(*trace::Rate::from(0.1));
  XRayIdGenerator ids(clock_, rng_);
  const api::SpanContext no_parent = api::SpanContext::GetInvalid();
  const std::map<std::string, int> none;
  const opentelemetry::common::KeyValueIterableView attributes(none);
  int kept = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto result =
        sampler.ShouldSample(no_parent, ids.GenerateTraceId(), "s", api::SpanKind::kInternal,
                             attributes, api::NullSpanContext());
    if (!result.IsSampled()) continue;
    ++kept;
    EXPECT_EQ(result.trace_state->ToHeader(), "ot=th:e666");
  }
  EXPECT_NEAR(kept, 1000, 100);
}

TEST_F(SdkTest, the_sampler_obeys_the_parent) {
  const auto stock =
      provider(sdk::SimpleSpanProcessorFactory::Create(exporter()), trace::Rate::never());
  const std::uint8_t trace[16] = {1, 2};
  const std::uint8_t span[8] = {3};
  for (const std::uint8_t flags : {0, 1}) {
    api::StartSpanOptions options;
    options.parent =
        api::SpanContext(api::TraceId(trace), api::SpanId(span), api::TraceFlags(flags), true);
    EXPECT_EQ(stock->GetTracer("lib")->StartSpan("child", options)->GetContext().IsSampled(),
              flags == 1);
  }
  EXPECT_FALSE(stock->GetTracer("lib")->StartSpan("root")->GetContext().IsSampled());
}

}  // namespace
}  // namespace spawn::otel
