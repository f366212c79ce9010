// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/runtime_context.h"

#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/scope.h>

#include <thread>

#include "otel/test_engine.h"

namespace spawn::otel {
namespace {

namespace nostd = opentelemetry::nostd;
using opentelemetry::context::Context;
using opentelemetry::context::RuntimeContext;

class RuntimeContextTest : public EngineTest {};

TEST_F(RuntimeContextTest, a_span_of_the_api_is_the_parent_of_ours) {
  {
    const auto foreign = tracer()->StartSpan("foreign");
    const api::Scope scope(foreign);
    const telemetry::Span ours = telemetry_->tracer().start("ours");
  }
  EXPECT_EQ(only("ours").parent_id, only("foreign").span_id);
  EXPECT_EQ(only("ours").trace_id, only("foreign").trace_id);
}

TEST_F(RuntimeContextTest, a_span_of_ours_is_the_parent_of_one_of_the_api) {
  {
    telemetry::Span ours = telemetry_->tracer().start("ours");
    const telemetry::Scope scope(ours.context());
    const auto foreign = tracer()->StartSpan("foreign");
    const api::Scope below(foreign);
    (void)telemetry_->tracer().start("leaf");
  }
  EXPECT_EQ(only("foreign").parent_id, only("ours").span_id);
  EXPECT_EQ(only("leaf").parent_id, only("foreign").span_id);
}

TEST_F(RuntimeContextTest, a_scope_of_ours_is_what_the_api_finds_current) {
  telemetry::Span ours = telemetry_->tracer().start("ours");
  const telemetry::Scope scope(ours.context());
  const auto found = api::Tracer::GetCurrentSpan();
  EXPECT_EQ(from_api(found->GetContext().span_id()), ours.context().span.span_id);
  EXPECT_FALSE(found->IsRecording());
}

TEST_F(RuntimeContextTest, what_is_attached_is_found_and_gone_when_its_token_is) {
  EXPECT_FALSE(api::Tracer::GetCurrentSpan()->GetContext().IsValid());
  const auto outer = tracer()->StartSpan("outer");
  {
    const api::Scope outer_scope(outer);
    EXPECT_EQ(api::Tracer::GetCurrentSpan(), outer);
    const auto inner = tracer()->StartSpan("inner");
    {
      const api::Scope inner_scope(inner);
      EXPECT_EQ(api::Tracer::GetCurrentSpan(), inner);
    }
    EXPECT_EQ(api::Tracer::GetCurrentSpan(), outer);
  }
  EXPECT_FALSE(api::Tracer::GetCurrentSpan()->GetContext().IsValid());
  EXPECT_FALSE(telemetry::current().decided);
}

TEST_F(RuntimeContextTest, detaching_takes_what_was_attached_later_along) {
  auto first = RuntimeContext::Attach(Context("key", std::int64_t{1}));
  auto second = RuntimeContext::Attach(Context("key", std::int64_t{2}));
  first.reset();
  EXPECT_FALSE(RuntimeContext::GetCurrent().HasKey("key"));
  EXPECT_FALSE(RuntimeContext::Detach(*second));
}

TEST_F(RuntimeContextTest, values_beside_the_span_are_kept) {
  const auto span = tracer()->StartSpan("s");
  Context base("request", std::int64_t{7});
  const auto token = RuntimeContext::Attach(api::SetSpan(base, span));
  EXPECT_EQ(nostd::get<std::int64_t>(RuntimeContext::GetValue("request")), 7);
  telemetry::Span ours = telemetry_->tracer().start("ours");
  const telemetry::Scope scope(ours.context());
  EXPECT_EQ(nostd::get<std::int64_t>(RuntimeContext::GetValue("request")), 7);
}

TEST_F(RuntimeContextTest, a_context_without_a_span_begins_a_trace) {
  const auto outer = tracer()->StartSpan("outer");
  const api::Scope scope(outer);
  {
    const auto token = RuntimeContext::Attach(Context("key", std::int64_t{1}));
    tracer()->StartSpan("root");
  }
  EXPECT_FALSE(only("root").parent_id.valid());
}

TEST_F(RuntimeContextTest, is_each_threads_own) {
  const auto outer = tracer()->StartSpan("outer");
  const api::Scope scope(outer);
  std::thread([&] { tracer()->StartSpan("elsewhere"); }).join();
  EXPECT_FALSE(only("elsewhere").parent_id.valid());
}

}  // namespace
}  // namespace spawn::otel
