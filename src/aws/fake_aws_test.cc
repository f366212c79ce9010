// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// FakeAws keeps the promises that other tests rely on. Here, because it is asked by our own calls.
#include "testing/fake_aws.h"

#include <gtest/gtest.h>

#include "aws/imds.h"
#include "aws/services/ec2.h"
#include "aws/services/sts.h"
#include "aws/services/xray.h"
#include "aws/stack.h"
#include "aws/test_support.h"

namespace spawn::aws {
namespace {

class FakeAwsTest : public ::testing::Test {
 protected:
  Endpoint endpoint(const ServiceInfo& service) {
    return *resolve_endpoint(service, "", "us-east-1", env_, {});
  }
  core::Deadline soon() { return core::Deadline::after(clock_, std::chrono::seconds(30)); }
  std::unique_ptr<Caller> stack() {
    return make_plain_stack({aws_, credentials_, clock_, rng_, RetryPolicy{}});
  }

  testing::FakeEnv env_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::FakeAws aws_{clock_};
  FixedCredentials credentials_;
};

TEST_F(FakeAwsTest, takes_a_right_signature_and_no_other) {
  aws_.require_signature_by(*credentials_.get());
  const auto caller = stack();
  EXPECT_TRUE(sts::get_caller_identity(*caller, endpoint(sts::kService), soon()));
  ec2::DescribeInstances request;
  request.filters = {{"tag:a b", {"c+d", "é"}}};
  EXPECT_TRUE(ec2::describe_instances(*caller, endpoint(ec2::kService), request, soon()));

  Credentials others = *credentials_.get();
  others.secret_access_key = core::Secret("another");
  aws_.require_signature_by(others);
  const auto refused = sts::get_caller_identity(*caller, endpoint(sts::kService), soon());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("SignatureDoesNotMatch"), std::string::npos)
      << refused.error().message;
}

TEST_F(FakeAwsTest, notices_a_body_that_was_changed_on_the_way) {
  class Changing final : public http::Client {
   public:
    explicit Changing(http::Client& inner) : inner_(inner) {}
    core::Result<http::Reply> send(const http::Request& request) override {
      http::Request changed = request;
      changed.body += "&X=1";
      return inner_.send(changed);
    }

   private:
    http::Client& inner_;
  } client(aws_);
  aws_.require_signature_by(*credentials_.get());
  const auto caller = make_plain_stack({client, credentials_, clock_, rng_, RetryPolicy{}});
  EXPECT_FALSE(sts::get_caller_identity(*caller, endpoint(sts::kService), soon()));
}

TEST_F(FakeAwsTest, gives_the_same_instances_for_the_same_client_token) {
  const auto caller = stack();
  ec2::RunInstances request;
  request.image_id = "ami-1";
  request.instance_type = "t3.micro";
  request.count = 2;
  request.client_token = "once";
  request.user_data = "#!/bin/sh\n";
  request.tags = {{"Name", "<a & b>"}};
  const auto first = ec2::run_instances(*caller, endpoint(ec2::kService), request, soon());
  const auto again = ec2::run_instances(*caller, endpoint(ec2::kService), request, soon());
  ASSERT_TRUE(first && again);
  ASSERT_EQ(first->size(), 2U);
  EXPECT_EQ(first->at(1).id, again->at(1).id);
  EXPECT_EQ(first->at(0).tags.at("Name"), "<a & b>");
  ASSERT_EQ(aws_.instances().size(), 2U);
  EXPECT_EQ(aws_.instances()[0].user_data, "#!/bin/sh\n");

  const std::vector<std::string> ids = {first->at(0).id};
  ASSERT_TRUE(ec2::terminate_instances(*caller, endpoint(ec2::kService), ids, soon()));
  EXPECT_EQ(aws_.instances()[0].state, "terminated");
  EXPECT_EQ(aws_.instances()[1].state, "running");
}

TEST_F(FakeAwsTest, tells_metadata_only_to_who_has_a_token) {
  aws_.set_metadata("/meta-data/instance-id", "i-0abc");
  Imds imds(env_, aws_, clock_);
  const auto id = imds.get("/latest/meta-data/instance-id");
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_EQ(*id, "i-0abc");
  http::Request version_1;
  version_1.url = "http://169.254.169.254/latest/meta-data/instance-id";
  EXPECT_EQ(aws_.send(version_1)->status, 401);
}

TEST_F(FakeAwsTest, can_answer_about_documents_that_nobody_sent) {
  testing::Fault fault;
  fault.kind = testing::Fault::Kind::wrong_ids;
  aws_.inject("xray", fault);
  const auto refused = xray::put_trace_segments(*stack(), endpoint(xray::kService),
                                                R"({"TraceSegmentDocuments":["{}"]})", soon());
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_EQ(refused->size(), 2U);
}

}  // namespace
}  // namespace spawn::aws
