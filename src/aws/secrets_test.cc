// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A service may answer with what it was sent; a failing call must not spread it.
#include <gtest/gtest.h>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "telemetry/tracer.h"

namespace spawn::aws {
namespace {

std::string signature_in(const http::Request& request) {
  const std::string_view text = http::header(request.headers, "authorization");
  return std::string(text.substr(text.find("Signature=") + 10));
}

class SecretsTest : public ::testing::TestWithParam<const char*> {
 protected:
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
  FixedCredentials credentials_;
  testing::SpanLog log_;
  CollectingQueue queue_{log_};
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
};

// Everything that a failing call leaves behind, as one text.
std::string all_text(const Failure& failure, const testing::SpanLog& log) {
  std::string all = failure.error.message + "\n" + failure.message + "\n" + failure.aws_code +
                    "\n" + failure.request_id + "\n" + failure.extended_request_id + "\n";
  for (const testing::OwnedSpan& span : log.spans()) {
    all += span.name + "\n" + span.status_message + "\n";
    for (const auto& [key, value] : span.attributes) all += key + "=" + span.text(key) + "\n";
  }
  return all;
}

TEST_P(SecretsTest, do_not_come_back_in_a_failure_or_a_span) {
  std::string signature;
  http_.answer_with([&](const http::Request& request) -> core::Result<http::Reply> {
    signature = signature_in(request);
    http::Reply reply;
    reply.status = 403;
    reply.headers = {{"x-amzn-errortype", "InvalidSignatureException"}};
    reply.body = std::string(R"({"message":"You sent )") + GetParam() + " " + signature +
                 R"(\nThe Canonical String was x-amz-security-token:)" + kTestToken + R"("})";
    return reply;
  });
  const auto caller =
      make_traced_stack({http_, credentials_, clock_, rng_, RetryPolicy{}}, tracer_);
  const Outcome outcome = caller->call(test_call());
  ASSERT_FALSE(outcome);
  ASSERT_EQ(signature.size(), 64U);
  const std::string all = all_text(outcome.error(), log_);
  for (const std::string& secret :
       {std::string(kTestKeyId), std::string(kTestSecret), std::string(kTestToken), signature}) {
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(all.find("You sent *** ***"), std::string::npos) << all;
}

INSTANTIATE_TEST_SUITE_P(Sent, SecretsTest, ::testing::Values(kTestKeyId, kTestToken));

TEST(Secrets, are_shown_as_stars_by_whoever_prints_them) {
  std::ostringstream out;
  out << test_credentials().secret_access_key << test_credentials().session_token;
  EXPECT_EQ(out.str(), "******");
}

}  // namespace
}  // namespace spawn::aws
