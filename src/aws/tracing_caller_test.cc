// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The whole traced stack over a scripted transport: what spans come out, what header goes out.
#include "aws/tracing_caller.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "telemetry/tracer.h"
#include "trace/xray_header.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;
using testing::OwnedSpan;

class TracedStackTest : public ::testing::Test {
 protected:
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
  FixedCredentials credentials_;
  testing::SpanLog log_;
  CollectingQueue queue_{log_};
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
  StackParts parts_{http_, credentials_, clock_, rng_, RetryPolicy{}};
  std::unique_ptr<Caller> caller_ = make_traced_stack(parts_, tracer_);

  [[nodiscard]] std::string_view trace_header(std::size_t request = 0) const {
    return http::header(http_.requests().at(request).headers, trace::kXRayHeader);
  }
};

TEST_F(TracedStackTest, describes_a_call_in_both_dialects) {
  http_.answer(200, "{}", {{"x-amzn-requestid", "r-1"}, {"x-amz-id-2", "e-1"}});
  ASSERT_TRUE(caller_->call(test_call()));
  const OwnedSpan span = log_.only("XRay.PutTraceSegments");
  EXPECT_EQ(span.kind, trace::SpanKind::client);
  EXPECT_EQ(span.status, trace::StatusCode::unset);
  EXPECT_EQ(span.text("aws.service"), "xray");
  EXPECT_EQ(span.text("aws.operation"), "PutTraceSegments");
  EXPECT_EQ(span.text("aws.region"), "eu-west-1");
  EXPECT_EQ(span.text("aws.request_id"), "r-1");
  EXPECT_EQ(span.text("aws.extended_request_id"), "e-1");
  EXPECT_EQ(span.text("error"), "false");
  EXPECT_EQ(span.text("error.type"), "");
  EXPECT_EQ(span.text("rpc.system"), "aws-api");
  EXPECT_EQ(span.text("rpc.service"), "XRay");
  EXPECT_EQ(span.text("rpc.method"), "PutTraceSegments");
  EXPECT_EQ(span.text("cloud.region"), "eu-west-1");
  EXPECT_EQ(span.text("server.address"), "xray.eu-west-1.amazonaws.com");
  EXPECT_EQ(span.text("server.port"), "443");
  EXPECT_EQ(span.text("http.response.status_code"), "200");
  EXPECT_EQ(span.text("spawn.aws.attempts"), "1");
}

TEST_F(TracedStackTest, shows_a_throttle_that_was_cured_on_its_attempt_only) {
  http_.answer(429, R"({"message":"slow down"})",
               {{"x-amzn-errortype", "ThrottledException"}, {"x-amzn-requestid", "r-1"}});
  http_.answer(200, "{}", {{"x-amzn-requestid", "r-2"}});
  ASSERT_TRUE(caller_->call(test_call()));
  ASSERT_EQ(log_.spans().size(), 3U);
  const OwnedSpan call = log_.only("XRay.PutTraceSegments");
  const OwnedSpan first = log_.only("attempt 1");
  const OwnedSpan second = log_.only("attempt 2");

  EXPECT_EQ(call.status, trace::StatusCode::unset);
  EXPECT_EQ(call.text("error"), "false");
  EXPECT_EQ(call.text("aws.request_id"), "r-2");
  EXPECT_EQ(call.text("spawn.aws.attempts"), "2");

  EXPECT_EQ(first.parent_id, call.span_id);
  EXPECT_EQ(first.trace_id, call.trace_id);
  EXPECT_EQ(first.kind, trace::SpanKind::internal);
  EXPECT_EQ(first.status, trace::StatusCode::error);
  EXPECT_EQ(first.status_message, "slow down");
  EXPECT_EQ(first.text("error"), "true");
  EXPECT_EQ(first.text("error.type"), "ThrottledException");
  EXPECT_EQ(first.text("spawn.aws.throttled"), "true");
  EXPECT_EQ(first.text("aws.request_id"), "r-1");
  EXPECT_EQ(first.text("http.response.status_code"), "429");
  EXPECT_EQ(first.text("http.request.resend_count"), "");
  EXPECT_EQ(first.text("spawn.aws.backoff_ms"), "");

  EXPECT_EQ(second.parent_id, call.span_id);
  EXPECT_EQ(second.text("http.request.resend_count"), "1");
  EXPECT_EQ(second.text("aws.request_id"), "r-2");
  EXPECT_EQ(second.text("error"), "false");
  EXPECT_EQ(second.text("spawn.aws.throttled"), "");
  const double waited_ms = std::chrono::duration<double, std::milli>(clock_.slept()).count();
  EXPECT_DOUBLE_EQ(std::get<double>(second.attributes.at("spawn.aws.backoff_ms")), waited_ms);
  EXPECT_EQ(second.start_ns - first.end_ns, clock_.slept().count());
}

TEST_F(TracedStackTest, marks_a_failed_call_with_code_message_and_request_id) {
  http_.answer(403, R"({"message":"not you"})",
               {{"x-amzn-errortype", "AccessDeniedException"}, {"x-amzn-requestid", "r-1"}});
  ASSERT_FALSE(caller_->call(test_call()));
  const OwnedSpan span = log_.only("XRay.PutTraceSegments");
  EXPECT_EQ(span.status, trace::StatusCode::error);
  EXPECT_EQ(span.status_message, "not you");
  EXPECT_EQ(span.text("error"), "true");
  EXPECT_EQ(span.text("error.type"), "AccessDeniedException");
  EXPECT_EQ(span.text("aws.request_id"), "r-1");
}

TEST_F(TracedStackTest, names_the_transports_failure) {
  for (int i = 0; i < 3; ++i)
    http_.fail({core::Code::unavailable, "https://h: connection refused"});
  ASSERT_FALSE(caller_->call(test_call()));
  const OwnedSpan span = log_.only("XRay.PutTraceSegments");
  EXPECT_EQ(span.text("error.type"), "connect");
  EXPECT_EQ(span.status_message, "https://h: connection refused");
  EXPECT_EQ(span.text("http.response.status_code"), "");
  EXPECT_EQ(span.text("spawn.aws.attempts"), "3");
}

TEST_F(TracedStackTest, shows_where_the_time_of_an_attempt_went) {
  http_.answer_with([](const http::Request&) -> core::Result<http::Reply> {
    http::Reply reply;
    reply.status = 200;
    reply.timings = {1ms, 2500us, 3ms, 20ms, 21ms, false};
    return reply;
  });
  http_.answer(200);
  ASSERT_TRUE(caller_->call(test_call()));
  const OwnedSpan span = log_.only("attempt 1");
  EXPECT_EQ(span.text("spawn.http.dns_ms"), "1");
  EXPECT_EQ(span.text("spawn.http.connect_ms"), "2.5");
  EXPECT_EQ(span.text("spawn.http.tls_ms"), "3");
  EXPECT_EQ(span.text("spawn.http.first_byte_ms"), "20");
}

TEST_F(TracedStackTest, sends_its_own_span_as_parent_in_the_header) {
  http_.answer(503);
  http_.answer(200);
  ASSERT_TRUE(caller_->call(test_call()));
  const OwnedSpan span = log_.only("XRay.PutTraceSegments");
  EXPECT_EQ(trace_header(),
            "Root=" + span.trace_id.xray() + ";Parent=" + span.span_id.hex() + ";Sampled=1");
  EXPECT_EQ(trace_header(1), trace_header(0));
}

TEST_F(TracedStackTest, is_a_child_of_what_is_current_and_passes_on_unknown_fields) {
  const trace::ContextExtras extras{"", "Lineage=a:b", ""};
  const trace::SpanContext parent{{1, 2}, {3}, trace::kSampled, true};
  {
    const telemetry::Scope scope({parent, &extras, true});
    http_.answer(200);
    ASSERT_TRUE(caller_->call(test_call()));
  }
  const OwnedSpan span = log_.only("XRay.PutTraceSegments");
  EXPECT_EQ(span.trace_id, parent.trace_id);
  EXPECT_EQ(span.parent_id, parent.span_id);
  EXPECT_NE(trace_header().find("Lineage=a:b"), std::string_view::npos);
  EXPECT_FALSE(telemetry::current().decided);
}

TEST_F(TracedStackTest, passes_an_unsampled_context_on_and_makes_no_span) {
  const trace::SpanContext parent{{1, 2}, {3}, 0, true};
  const telemetry::Scope scope({parent, nullptr, true});
  http_.answer(503);
  http_.answer(200);
  ASSERT_TRUE(caller_->call(test_call()));
  EXPECT_TRUE(log_.spans().empty());
  EXPECT_EQ(trace_header(), trace::format_xray_header(parent));
  EXPECT_NE(trace_header().find("Sampled=0"), std::string_view::npos);
}

TEST_F(TracedStackTest, passes_straight_through_when_a_root_is_not_sampled) {
  telemetry::Tracer never(&queue_, trace::Rate::never(), resource_, clock_, rng_);
  const auto caller = make_traced_stack(parts_, never);
  http_.answer(503);
  http_.answer(200);
  ASSERT_TRUE(caller->call(test_call()));
  EXPECT_TRUE(log_.spans().empty());
  EXPECT_EQ(trace_header(), "");
}

TEST_F(TracedStackTest, never_begins_a_trace_with_an_attempt) {
  // At this rate some roots are sampled and some are not: no attempt may be without its call.
  telemetry::Tracer half(&queue_, *trace::Rate::from(0.5), resource_, clock_, rng_);
  const auto caller = make_traced_stack(parts_, half);
  for (int i = 0; i < 64; ++i) {
    http_.answer(200);
    ASSERT_TRUE(caller->call(test_call()));
  }
  const auto spans = log_.spans();
  const auto attempts = std::ranges::count(spans, "attempt 1", &OwnedSpan::name);
  EXPECT_GT(attempts, 0);
  EXPECT_LT(attempts, 64);
  EXPECT_EQ(static_cast<std::size_t>(attempts) * 2, spans.size());
  for (const OwnedSpan& span : spans) {
    EXPECT_EQ(span.parent_id.valid(), span.name == "attempt 1");
  }
}

TEST_F(TracedStackTest, leaves_the_plain_stack_without_span_and_header) {
  const trace::SpanContext parent{{1, 2}, {3}, trace::kSampled, false};
  const telemetry::Scope scope({parent, nullptr, true});
  http_.answer(200);
  ASSERT_TRUE(make_plain_stack(parts_)->call(test_call()));
  EXPECT_TRUE(log_.spans().empty());
  EXPECT_EQ(trace_header(), "");
}

}  // namespace
}  // namespace spawn::aws
