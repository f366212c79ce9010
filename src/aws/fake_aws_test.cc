// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// FakeAws keeps the promises that other tests rely on. Here, because it is asked by our own calls.
#include "testing/fake_aws.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "aws/imds.h"
#include "aws/protocol/json.h"
#include "aws/services/ec2.h"
#include "aws/services/s3.h"
#include "aws/services/sqs.h"
#include "aws/services/sts.h"
#include "aws/services/xray_graph.h"
#include "aws/services/xray_sampling.h"
#include "aws/services/xray_summaries.h"
#include "aws/stack.h"
#include "aws/test_support.h"

namespace spawn::aws {
namespace {

constexpr const char* kTraceHeader =
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

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
      changed.body = std::string(changed.body.view()) + "&X=1";
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

TEST_F(FakeAwsTest, gives_credentials_of_a_role_for_a_time) {
  const auto caller = stack();
  const sts::AssumeRole request{"arn:aws:iam::123456789012:role/worker", "test", "", 900};
  const auto first = sts::assume_role(*caller, endpoint(sts::kService), request, soon());
  const auto second = sts::assume_role(*caller, endpoint(sts::kService), request, soon());
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->access_key_id, second->access_key_id);
  EXPECT_EQ(first->expires_at_ns, clock_.now().wall_ns + 900'000'000'000);
  const auto denied =
      sts::assume_role(*caller, endpoint(sts::kService),
                       {"arn:aws:iam::123456789012:role/denied", "t", "", {}}, soon());
  EXPECT_EQ(denied.error().code, core::Code::permission_denied);
}

TEST_F(FakeAwsTest, makes_a_trace_header_of_the_request_for_messages_that_have_none) {
  class WithHeader final : public Caller {
   public:
    explicit WithHeader(Caller& inner) : inner_(inner) {}
    Outcome call(const Call& call) override {
      Call changed = call;
      changed.headers.emplace_back("X-Amzn-Trace-Id", kTraceHeader);
      return inner_.call(changed);
    }

   private:
    Caller& inner_;
  };
  const auto plain = stack();
  WithHeader caller(*plain);
  const Endpoint sqs = endpoint(sqs::kService);
  const auto url = sqs::create_queue(*plain, sqs, "jobs", {}, soon());
  ASSERT_TRUE(sqs::send_message(caller, sqs, *url, {"work", {}, 0, "", ""}, soon()));
  const auto messages = sqs::receive_message(*plain, sqs, {*url, 1, 0, {}}, soon());
  ASSERT_TRUE(messages->at(0).context);
  EXPECT_EQ(messages->at(0).context->span.span_id, extract_xray(kTraceHeader)->span.span_id);
}

TEST_F(FakeAwsTest, keeps_objects_with_their_metadata_and_lists_them) {
  const auto caller = stack();
  for (const char* key : {"a/one", "a/two & more", "b"}) {
    http::MemorySource body(key);
    ASSERT_TRUE(s3::put_object(*caller, endpoint(s3::kService),
                               {{"lab", key}, "text/plain", {{"made-by", "us"}}, false}, body,
                               soon()));
  }
  const auto page =
      s3::list_objects_v2(*caller, endpoint(s3::kService), {"lab", "a/", "", 0, "", ""}, soon());
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->objects.size(), 2U);
  EXPECT_EQ(page->objects[1].key, "a/two & more");
  EXPECT_EQ(page->objects[1].size, 12U);
  const auto info = s3::head_object(*caller, endpoint(s3::kService), {"lab", "b"}, soon());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->metadata, (s3::Metadata{{"made-by", "us"}}));
  EXPECT_EQ(info->content_type, "text/plain");
}

class FakeXRayTest : public FakeAwsTest {
 protected:
  // Segments of one trace that began at the clock's time.
  std::string document(const std::string& members, std::size_t padding = 0) {
    const auto seconds = clock_.now().wall_ns / 1'000'000'000;
    return fmt::format(
        R"({{"trace_id":"1-{:08x}-bd862e3fe1be46a994272793","start_time":{}.0,{},"metadata":{{"p":"{}"}}}})",
        seconds, seconds, members, std::string(padding, 'x'));
  }
  std::vector<xray::Unprocessed> put(const std::vector<std::string>& documents) {
    json::Object body;
    body.texts("TraceSegmentDocuments", documents);
    return xray::put_trace_segments(*caller_, xray_, std::move(body).take().to_text(), soon())
        .value();
  }
  xray::TimeRange now() {
    const auto at = clock_.now().wall_ns;
    return {at - 60'000'000'000, at + 60'000'000'000};
  }

  std::unique_ptr<Caller> caller_ = stack();
  Endpoint xray_ = endpoint(xray::kService);
};

constexpr const char* kSpawn = R"("id":"53995c3f42cd8ad8","name":"spawn","end_time":1767323046.0)";

TEST_F(FakeXRayTest, refuses_what_makes_a_trace_larger_than_500_kb) {
  std::vector<std::string> eight(8, document(kSpawn, 60'000));
  EXPECT_TRUE(put(eight).empty());
  const auto refused = put({document(kSpawn, 60'000)});
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].code, "InvalidSegment");
  EXPECT_NE(refused[0].message.find("Trace size exceeded"), std::string::npos);
}

TEST_F(FakeXRayTest, tells_about_the_traces_that_it_took) {
  ASSERT_TRUE(put({document(kSpawn),
                   document(R"("id":"53995c3f42cd8ad9","name":"spored","end_time":1767323047.0,)"
                            R"("parent_id":"53995c3f42cd8ad8","fault":true,"subsegments":[)"
                            R"({"id":"53995c3f42cd8ad0","name":"S3","namespace":"aws"}])")})
                  .empty());
  xray::GetTraceSummaries request;
  request.range = now();
  request.filter = "service(\"spored\")";
  const auto page = xray::get_trace_summaries(*caller_, xray_, request, soon());
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->summaries.size(), 1U);
  EXPECT_TRUE(*page->summaries[0].find("HasFault")->boolean());
  EXPECT_EQ(page->summaries[0].find("EntryPoint")->text_at("Name"), "spawn");
  request.filter = "service(\"other\")";
  EXPECT_TRUE(xray::get_trace_summaries(*caller_, xray_, request, soon())->summaries.empty());
  request.filter = "!fault";
  EXPECT_FALSE(xray::get_trace_summaries(*caller_, xray_, request, soon()));

  const auto graph = xray::get_service_graph(*caller_, xray_, {now(), "", ""}, soon());
  ASSERT_TRUE(graph);
  ASSERT_EQ(graph->services.size(), 3U);
  EXPECT_EQ(graph->services[1].name, "spawn");
  EXPECT_EQ(graph->services[1].edges.at(0).to, graph->services[2].id);
  EXPECT_EQ(graph->services[2].name, "spored");
  EXPECT_EQ(graph->services[2].statistics.faults, 1);
  EXPECT_EQ(graph->services[2].edges.at(0).to, graph->services[0].id);
}

TEST_F(FakeXRayTest, gives_targets_for_the_rules_that_it_has) {
  const auto rules = xray::get_sampling_rules(*caller_, xray_, "", soon());
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->rules.at(0).name, "Default");
  const std::vector<xray::SamplingStatistics> reports = {{"Default", "c", 1, 1, 1, 0},
                                                         {"gone", "c", 1, 1, 1, 0}};
  const auto targets = xray::get_sampling_targets(*caller_, xray_, reports, soon());
  ASSERT_TRUE(targets);
  EXPECT_EQ(targets->targets.at(0).fixed_rate, 0.05);
  EXPECT_EQ(targets->unprocessed.at(0).rule_name, "gone");
  const std::vector<xray::SamplingStatistics> too_many(26);
  EXPECT_FALSE(xray::get_sampling_targets(*caller_, xray_, too_many, soon()));
}

}  // namespace
}  // namespace spawn::aws
