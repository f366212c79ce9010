// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/provider.h"

#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/scope.h>

#include "otel/test_engine.h"

namespace spawn::otel {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProviderTest : public EngineTest {};

TEST_F(ProviderTest, gives_the_same_tracer_for_the_same_scope) {
  const auto provider = api::Provider::GetTracerProvider();
  EXPECT_EQ(provider->GetTracer("a", "1").get(), provider->GetTracer("a", "1").get());
  EXPECT_NE(provider->GetTracer("a", "1").get(), provider->GetTracer("a", "2").get());
}

TEST_F(ProviderTest, names_the_instrumentation_scope_in_each_span) {
  api::Provider::GetTracerProvider()->GetTracer("http-client", "2.1")->StartSpan("s");
  EXPECT_EQ(only("s").text("otel.scope.name"), "http-client");
  EXPECT_EQ(only("s").text("otel.scope.version"), "2.1");
}

TEST_F(ProviderTest, a_child_has_its_parents_trace) {
  {
    const auto parent = tracer()->StartSpan("parent");
    const api::Scope scope(parent);
    tracer()->StartSpan("child");
  }
  EXPECT_EQ(only("child").trace_id, only("parent").trace_id);
  EXPECT_EQ(only("child").parent_id, only("parent").span_id);
  EXPECT_FALSE(only("child").parent_remote);
}

TEST_F(ProviderTest, obeys_a_parent_that_is_given) {
  const api::SpanContext remote(to_api(trace::TraceId{1, 2}), to_api(trace::SpanId{3}),
                                api::TraceFlags(1), true, api::TraceState::FromHeader("vendor=x"));
  const auto current = tracer()->StartSpan("current");
  const api::Scope scope(current);
  api::StartSpanOptions options;
  options.parent = remote;
  const auto child = tracer()->StartSpan("child", options);
  EXPECT_EQ(child->GetContext().trace_state()->ToHeader(), "vendor=x");
  child->End();
  EXPECT_EQ(only("child").trace_id, (trace::TraceId{1, 2}));
  EXPECT_EQ(only("child").parent_id, trace::SpanId{3});
  EXPECT_TRUE(only("child").parent_remote);
}

TEST_F(ProviderTest, obeys_an_unsampled_parent) {
  const api::SpanContext remote(to_api(trace::TraceId{1, 2}), to_api(trace::SpanId{3}),
                                api::TraceFlags(0), true);
  api::StartSpanOptions options;
  options.parent = remote;
  EXPECT_FALSE(tracer()->StartSpan("child", options)->IsRecording());
  EXPECT_THAT(exported(), IsEmpty());
}

// https://opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers: what is not parent-based.
TEST_F(ProviderTest, decides_for_every_trace_id_when_it_is_not_parent_based) {
  for (const bool keep : {true, false}) {
    const trace::Rate rate = keep ? trace::Rate::always() : trace::Rate::never();
    start(rate, trace::ParentRates::all(rate));
    api::StartSpanOptions options;
    options.parent = api::SpanContext(to_api(trace::TraceId{1, 2}), to_api(trace::SpanId{3}),
                                      api::TraceFlags(keep ? 0 : 1), true);
    const auto child = tracer()->StartSpan("child", options);
    EXPECT_EQ(child->IsRecording(), keep);
    EXPECT_EQ(child->GetContext().IsSampled(), keep);
    EXPECT_EQ(from_api(child->GetContext().trace_id()), (trace::TraceId{1, 2}));
  }
}

// https://opentelemetry.io/docs/specs/otel/trace/sdk/#parentbased: each part decides for its kind
// of parent, and the others are obeyed.
TEST_F(ProviderTest, decides_by_where_the_parent_is_and_what_it_decided) {
  const auto child_of = [](bool remote, bool sampled) {
    const api::SpanContext parent(to_api(trace::TraceId{1, 2}), to_api(trace::SpanId{3}),
                                  api::TraceFlags(sampled ? 1 : 0), remote);
    api::StartSpanOptions options;
    options.parent = parent;
    return tracer()->StartSpan("child", options)->IsRecording();
  };
  const trace::Rate on = trace::Rate::always();
  const trace::Rate off = trace::Rate::never();
  start(off, {.remote_sampled = off});
  EXPECT_FALSE(child_of(true, true));
  EXPECT_TRUE(child_of(false, true));
  start(off, {.remote_not_sampled = on});
  EXPECT_TRUE(child_of(true, false));
  EXPECT_FALSE(child_of(false, false));
  start(off, {.local_sampled = off});
  EXPECT_FALSE(child_of(false, true));
  EXPECT_TRUE(child_of(true, true));
  start(off, {.local_not_sampled = on});
  EXPECT_TRUE(child_of(false, false));
  EXPECT_FALSE(child_of(true, false));
}

TEST_F(ProviderTest, keeps_a_child_of_its_own_span_that_was_not_kept_in_that_spans_trace) {
  start(trace::Rate::never(), {.local_not_sampled = trace::Rate::always()});
  const auto parent = tracer()->StartSpan("parent");
  EXPECT_FALSE(parent->IsRecording());
  const api::Scope scope(parent);
  const auto child = tracer()->StartSpan("child");
  EXPECT_TRUE(child->IsRecording());
  EXPECT_TRUE(child->GetContext().trace_id().IsValid());
  EXPECT_EQ(child->GetContext().trace_id(), parent->GetContext().trace_id());
}

// https://opentelemetry.io/docs/specs/otel/trace/api/#behavior-of-the-api-in-the-absence-of-an-installed-sdk
TEST_F(ProviderTest, that_is_off_decides_nothing_and_passes_contexts_on) {
  const auto off = std::make_shared<telemetry::Telemetry>(
      std::vector<telemetry::NamedSink>(), trace::Rate::always(), trace::Resource(), clock_, rng_);
  install(std::make_shared<TracerProvider>(Engine{off}));
  EXPECT_FALSE(tracer()->StartSpan("root")->GetContext().IsValid());
  api::StartSpanOptions options;
  options.parent = api::SpanContext(to_api(trace::TraceId{1, 2}), to_api(trace::SpanId{3}),
                                    api::TraceFlags(1), true);
  const auto child = tracer()->StartSpan("child", options);
  EXPECT_FALSE(child->IsRecording());
  EXPECT_EQ(from_api(child->GetContext().span_id()), trace::SpanId{3});
  EXPECT_TRUE(child->GetContext().IsSampled());
}

TEST_F(ProviderTest, begins_a_trace_when_told_to) {
  const auto current = tracer()->StartSpan("current");
  const api::Scope scope(current);
  api::StartSpanOptions options;
  opentelemetry::context::Context root;
  options.parent = root.SetValue(api::kIsRootSpanKey, true);
  tracer()->StartSpan("root", options);
  EXPECT_FALSE(only("root").parent_id.valid());
}

TEST_F(ProviderTest, a_child_may_outlive_its_parents_tracestate) {
  api::StartSpanOptions options;
  options.parent =
      api::SpanContext(to_api(trace::TraceId{1, 2}), to_api(trace::SpanId{3}), api::TraceFlags(1),
                       true, api::TraceState::FromHeader("vendor=a-value-too-long-for-the-stack"));
  auto parent = tracer()->StartSpan("parent", options);
  auto child = [&] {
    const api::Scope scope(parent);
    return tracer()->StartSpan("child");
  }();
  parent = opentelemetry::nostd::shared_ptr<api::Span>();
  EXPECT_EQ(child->GetContext().trace_state()->ToHeader(), "vendor=a-value-too-long-for-the-stack");
}

TEST_F(ProviderTest, flushes_and_closes_for_whoever_asks_a_tracer) {
  const auto asked = tracer();
  asked->StartSpan("flushed");
  asked->ForceFlush(std::chrono::seconds(30));
  EXPECT_THAT(log_.spans(), SizeIs(1));
  asked->Close(std::chrono::seconds(30));
  asked->StartSpan("late");
  EXPECT_THAT(exported(), SizeIs(1));
}

}  // namespace
}  // namespace spawn::otel
