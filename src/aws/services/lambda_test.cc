// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/lambda.h"

#include <gtest/gtest.h>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "core/base64.h"
#include "core/json.h"
#include "testing/fake_aws.h"
#include "trace/traceparent.h"
#include "trace/xray_header.h"

namespace spawn::aws::lambda {
namespace {

class LambdaTest : public ::testing::Test {
 protected:
  LambdaTest() {
    aws_.set_function("resize", [this](const testing::FunctionCall& call) {
      got_ = call;
      return answer_;
    });
  }
  core::Result<Invoked> run(Invocation how = Invocation::wait) {
    return invoke(*caller_, endpoint_, {"resize", R"({"n":1})", how, ""}, core::Deadline::never());
  }

  TestTracing tracing_;
  testing::FakeAws aws_{tracing_.clock};
  testing::FunctionCall got_;
  testing::FunctionResult answer_{R"({"ok":true})", ""};
  FixedCredentials credentials_;
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "us-east-1"};
  std::unique_ptr<Caller> caller_ = make_traced_stack(
      {aws_, credentials_, tracing_.clock, tracing_.rng, RetryPolicy{}}, tracing_.tracer);
};

TEST_F(LambdaTest, runs_a_function_and_reads_what_it_says) {
  const auto invoked = run();
  ASSERT_TRUE(invoked) << invoked.error().message;
  EXPECT_EQ(invoked->payload, R"({"ok":true})");
  EXPECT_EQ(invoked->function_error, "");
  EXPECT_EQ(invoked->version, "$LATEST");
  EXPECT_EQ(got_.payload, R"({"n":1})");
  const auto span = tracing_.log.only("Lambda.Invoke");
  EXPECT_EQ(span.kind, trace::SpanKind::client);
  EXPECT_EQ(span.text("faas.invoked_name"), "resize");
  EXPECT_EQ(span.text("faas.invoked_provider"), "aws");
  EXPECT_EQ(span.text("faas.invoked_region"), "us-east-1");
  EXPECT_EQ(span.text("error"), "false");
}

TEST_F(LambdaTest, hands_the_call_spans_context_on) {
  ASSERT_TRUE(run());
  const auto span = tracing_.log.only("Lambda.Invoke");
  const auto context = core::Json::parse(got_.client_context);
  ASSERT_TRUE(context) << got_.client_context;
  const auto inside = trace::parse_traceparent(context->find("custom")->text_at("traceparent"));
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->span_id, span.span_id);
  EXPECT_EQ(trace::parse_xray_header(got_.trace_header)->parent, span.span_id);

  ASSERT_TRUE(run(Invocation::event));
  EXPECT_EQ(got_.client_context, "");
  EXPECT_EQ(trace::parse_xray_header(got_.trace_header)->parent,
            tracing_.log.spans().back().span_id);
}

TEST_F(LambdaTest, calls_a_function_that_failed_an_error_on_its_span_and_an_answer_to_us) {
  answer_ = {R"({"errorType":"ValueError","errorMessage":"secret 7"})", "Unhandled"};
  const auto invoked = run();
  ASSERT_TRUE(invoked);
  EXPECT_EQ(invoked->function_error, "Unhandled");
  const auto span = tracing_.log.only("Lambda.Invoke");
  EXPECT_EQ(span.status, trace::StatusCode::error);
  EXPECT_EQ(span.status_message, "the function failed: Unhandled");
  EXPECT_EQ(span.text("error"), "true");
  EXPECT_EQ(span.text("error.type"), "ValueError");
  EXPECT_EQ(span.text("http.response.status_code"), "200");
}

TEST_F(LambdaTest, does_not_run_a_function_twice) {
  aws_.inject("lambda", {testing::Fault::Kind::truncated});
  EXPECT_FALSE(run());
  EXPECT_EQ(aws_.seen().size(), 1U);
}

TEST_F(LambdaTest, finds_a_function_by_its_arn) {
  ScriptedCaller caller;
  Invoke request{"arn:aws:lambda:us-east-1:123456789012:function:resize:live", "{}", {}, "a b"};
  ASSERT_TRUE(invoke(caller, endpoint_, request, core::Deadline::never()));
  EXPECT_EQ(caller.calls.at(0).url.to_string(),
            "http://127.0.0.1:5000/2015-03-31/functions/"
            "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aresize%3Alive/invocations"
            "?Qualifier=a%20b");
  EXPECT_EQ(std::get<std::string>(caller.calls.at(0).attributes.at(0).second), "resize");
  request.function = "";
  EXPECT_EQ(invoke(caller, endpoint_, request, core::Deadline::never()).error().code,
            core::Code::invalid_argument);
}

}  // namespace
}  // namespace spawn::aws::lambda
