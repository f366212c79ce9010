// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/services/sts.h"
#include "telemetry/telemetry.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"

namespace spawn::aws {
namespace {

using ::testing::HasSubstr;

class SessionTest : public ::testing::Test {
 protected:
  core::Result<std::unique_ptr<Session>> make(const SessionRequest& request,
                                              telemetry::Tracer* tracer = nullptr) {
    return Session::make(request, {env_, aws_, clock_, rng_}, tracer);
  }

  testing::FakeEnv env_{{"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"},
                        {"AWS_SECRET_ACCESS_KEY", "secret"},
                        {"AWS_CONFIG_FILE", "/no/such/file"},
                        {"AWS_SHARED_CREDENTIALS_FILE", "/no/such/file"}};
  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::FakeAws aws_{clock_};
};

TEST_F(SessionTest, says_what_to_set_when_there_is_no_region) {
  const auto session = make({});
  ASSERT_FALSE(session);
  EXPECT_THAT(session.error().message, HasSubstr("AWS_REGION"));
}

TEST_F(SessionTest, asks_the_instance_for_its_region_only_when_nothing_names_one) {
  aws_.set_metadata("/meta-data/placement/region", "eu-west-1");
  const SessionRequest request{"", "", true, "1"};
  const auto session = make(request);
  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->endpoint(sts::kService)->region, "eu-west-1");
  env_.set("AWS_REGION", "us-east-2");
  EXPECT_EQ(*(*make(request))->region(), "us-east-2");
}

TEST_F(SessionTest, traces_its_calls_only_for_who_gives_a_tracer) {
  env_.set("AWS_REGION", "us-east-1");
  testing::SpanLog log;
  std::vector<telemetry::NamedSink> sinks;
  sinks.push_back({"log", std::make_unique<testing::CollectingSink>(log)});
  telemetry::Telemetry telemetry(std::move(sinks), trace::Rate::always(), {}, clock_, rng_);
  for (telemetry::Tracer* tracer :
       {static_cast<telemetry::Tracer*>(nullptr), &telemetry.tracer()}) {
    const auto session = make({}, tracer);
    const auto endpoint = (*session)->endpoint(sts::kService);
    EXPECT_TRUE(sts::get_caller_identity((*session)->caller(), *endpoint, core::Deadline::never()));
  }
  telemetry.shutdown(core::Deadline::never());
  EXPECT_EQ(log.only("STS.GetCallerIdentity").text("aws.region"), "us-east-1");
}

}  // namespace
}  // namespace spawn::aws
