// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever is wrong around a call, it ends with one Error of one line: service and operation, what
// was found, and what to do. Never a crash, nor a repetition that helps nobody. What the transport
// finds wrong (DNS, TLS) is worded by http/curl_client_test.cc and shown here as it comes up.
#include <gtest/gtest.h>

#include <algorithm>

#include "aws/credentials/chain.h"
#include "aws/errors.h"
#include "aws/services/dynamodb.h"
#include "aws/services/ec2.h"
#include "aws/services/s3.h"
#include "aws/services/sqs.h"
#include "aws/services/sts.h"
#include "aws/services/xray.h"
#include "aws/stack.h"
#include "aws/test_support.h"

namespace spawn::aws {
namespace {

const Endpoint kHere{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
const core::Deadline kNever = core::Deadline::never();

// One service of each kind of protocol; all of them read something from the reply.
struct Operation {
  const char* prefix;
  core::Result<std::string> (*call)(Caller& caller);
};
core::Result<std::string> text_of(auto&& result) {
  if (!result) return core::fail(result.error());
  return "came";
}
const Operation kOperations[] = {
    {"XRay BatchGetTraces: ",
     [](Caller& c) { return text_of(xray::batch_get_traces(c, kHere, {}, "", kNever)); }},
    {"STS GetCallerIdentity: ",
     [](Caller& c) { return text_of(sts::get_caller_identity(c, kHere, kNever)); }},
    {"EC2 DescribeInstances: ",
     [](Caller& c) { return text_of(ec2::describe_instances(c, kHere, {}, kNever)); }},
    {"DynamoDB DescribeTable: ",
     [](Caller& c) { return text_of(dynamodb::describe_table(c, kHere, "t", kNever)); }},
    {"SQS GetQueueUrl: ",
     [](Caller& c) { return text_of(sqs::get_queue_url(c, kHere, "q", kNever)); }},
    {"S3 ListObjectsV2: ",
     [](Caller& c) {
       return text_of(s3::list_objects_v2(c, kHere, {"bucket", "", "", 0, "", ""}, kNever));
     }},
};

struct Row {
  const char* name;
  int status;  // 0: the transport fails with `body`
  std::string body;
  http::Headers headers;
  core::Code code;
  std::string says;  // after service and operation
  std::size_t requests = 1;
};
const std::string kHtml = "<!DOCTYPE html>\n<html><body>Sign in to the network</body></html>";
const Row kRows[] = {
    {"a captive portal's page",
     200,
     kHtml,
     {},
     core::Code::protocol,
     "the reply of 127.0.0.1:5000 is no "},
    {"a page with an error",
     404,
     kHtml,
     {},
     core::Code::not_found,
     "HTTP status 404 and a page of HTML, from 127.0.0.1:5000"},
    {"a page of a broken gateway",
     502,
     kHtml,
     {},
     core::Code::unavailable,
     "HTTP status 502 and a page of HTML, from 127.0.0.1:5000",
     3},
    {"nothing", 200, "", {}, core::Code::protocol, "the reply of 127.0.0.1:5000 is no "},
    {"XML and JSON that break off",
     200,
     "<a><b>",
     {},
     core::Code::protocol,
     "the reply of 127.0.0.1:5000 is no "},
    {"JSON that breaks off",
     200,
     R"({"a":[1,)",
     {},
     core::Code::protocol,
     "the reply of 127.0.0.1:5000 is no "},
    {"bytes",
     200,
     std::string("\0\xff\x7f", 3),
     {},
     core::Code::protocol,
     "the reply of 127.0.0.1:5000 is no "},
    {"an error without words", 400, "", {}, core::Code::invalid_argument, "HTTP status 400"},
    {"a redirect to nowhere",
     307,
     "",
     {},
     core::Code::protocol,
     "HTTP status 307 (check the region and the endpoint)"},
    {"a name that is not known",
     0,
     "http://h: the host name was not found: check its spelling, and DNS",
     {},
     core::Code::unavailable,
     "http://h: the host name was not found: check its spelling, and DNS",
     3},
};

class BadReply : public ::testing::TestWithParam<std::tuple<Operation, Row>> {};

TEST_P(BadReply, ends_in_one_error_that_says_what_and_what_to_do) {
  const auto& [operation, row] = GetParam();
  testing::FakeClock clock;
  testing::FakeRng rng;
  testing::ScriptedHttp http;
  FixedCredentials credentials;
  for (std::size_t i = 0; i < row.requests; ++i) {
    if (row.status == 0) {
      http.fail({row.code, row.body});
    } else {
      http.answer(row.status, row.body, row.headers);
    }
  }
  const auto caller = make_plain_stack({http, credentials, clock, rng, RetryPolicy{}});
  const auto result = operation.call(*caller);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, row.code) << result.error().message;
  const std::string& message = result.error().message;
  EXPECT_TRUE(message.starts_with(operation.prefix + row.says)) << message;
  EXPECT_EQ(std::ranges::count(message, '\n'), 0) << message;
  EXPECT_EQ(http.requests().size(), row.requests);
}

INSTANTIATE_TEST_SUITE_P(Aws, BadReply,
                         ::testing::Combine(::testing::ValuesIn(kOperations),
                                            ::testing::ValuesIn(kRows)),
                         [](const auto& about) {
                           std::string name = std::string(std::get<0>(about.param).prefix) +
                                              std::get<1>(about.param).name;
                           std::erase_if(name, [](char c) { return c == ':' || c == '\''; });
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

// What AWS refuses, and what a person can do about it.
TEST(BadInput, a_refusal_comes_with_advice) {
  struct Refusal {
    const char* code;
    int status;
    core::Code ends;
    const char* advice;
  };
  constexpr Refusal kRefusals[] = {
      {"ExpiredTokenException", 403, core::Code::unauthenticated, "(renew the credentials)"},
      {"UnrecognizedClientException", 400, core::Code::unauthenticated,
       "(check which credentials are used: `aws sts get-caller-identity`)"},
      {"SignatureDoesNotMatch", 403, core::Code::unauthenticated,
       "(check the secret access key, and the clock)"},
      {"AccessDeniedException", 403, core::Code::permission_denied,
       "(the policy of these credentials must allow it)"},
      {"ThrottlingException", 400, core::Code::throttled, "(try again later)"},
  };
  for (const Refusal& refusal : kRefusals) {
    http::Reply reply;
    reply.status = refusal.status;
    reply.headers = {{"x-amzn-errortype", refusal.code}};
    reply.body = R"({"message":"said by AWS"})";
    const Failure failure = failure_of_reply(test_call(), reply, 0);
    EXPECT_EQ(failure.error.code, refusal.ends);
    EXPECT_EQ(failure.error.message, std::string("XRay PutTraceSegments: ") + refusal.code +
                                         ": said by AWS " + refusal.advice);
    EXPECT_EQ(failure.message, "said by AWS");  // on the span, without it
  }
}

TEST(BadInput, where_no_credentials_are_it_says_where_it_looked) {
  testing::FakeEnv env;
  env.set("HOME", "/nonexistent");
  env.set("AWS_EC2_METADATA_DISABLED", "true");
  testing::FakeClock clock;
  testing::FakeRng rng;
  testing::ScriptedHttp http;
  const auto credentials = make_default_credentials(env, http, clock, rng, "");
  const auto caller = make_plain_stack({http, *credentials, clock, rng, RetryPolicy{}});
  const auto identity = sts::get_caller_identity(*caller, kHere, kNever);
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, core::Code::unauthenticated);
  EXPECT_TRUE(identity.error().message.starts_with(
      "STS GetCallerIdentity: no AWS credentials were found: AWS_ACCESS_KEY_ID"))
      << identity.error().message;
  EXPECT_TRUE(http.requests().empty());
}

TEST(BadInput, a_profile_that_is_not_there_is_named) {
  TemporaryFolder home;
  home.write(".aws/config", "[profile work]\nregion = eu-west-1\n");
  testing::FakeEnv env;
  env.set("HOME", home.path());
  testing::FakeClock clock;
  testing::FakeRng rng;
  testing::ScriptedHttp http;
  const auto credentials = make_default_credentials(env, http, clock, rng, "wrok");
  const auto caller = make_plain_stack({http, *credentials, clock, rng, RetryPolicy{}});
  const auto identity = sts::get_caller_identity(*caller, kHere, kNever);
  ASSERT_FALSE(identity);
  EXPECT_NE(identity.error().message.find("wrok"), std::string::npos) << identity.error().message;
  EXPECT_EQ(identity.error().message.find("STS GetCallerIdentity: "), 0U);
}

TEST(BadInput, a_region_that_is_none_is_refused_before_anything_is_sent) {
  const auto endpoint = resolve_endpoint(sts::kService, "", "eu west 1", testing::FakeEnv{}, {});
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().code, core::Code::invalid_argument);
  EXPECT_EQ(endpoint.error().message, "expected an AWS region such as us-east-1, not 'eu west 1'");
}

}  // namespace
}  // namespace spawn::aws
