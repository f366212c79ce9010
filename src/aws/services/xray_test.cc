// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::xray {
namespace {

class XRayServiceTest : public ::testing::Test {
 protected:
  void answer(std::string body) {
    Reply reply;
    reply.status = 200;
    reply.body = std::move(body);
    caller_.answers.emplace_back(std::move(reply));
  }

  ScriptedCaller caller_;
  testing::FakeClock clock_;
  core::Deadline deadline_ = core::Deadline::after(clock_, std::chrono::seconds(5));
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
};

TEST_F(XRayServiceTest, puts_a_ready_body_where_xray_wants_it) {
  answer(R"({"UnprocessedTraceSegments":[]})");
  const auto refused =
      put_trace_segments(caller_, endpoint_, R"({"TraceSegmentDocuments":[]})", deadline_);
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_TRUE(refused->empty());
  const Call& call = caller_.calls.at(0);
  EXPECT_EQ(call.operation, "PutTraceSegments");
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url.to_string(), "http://127.0.0.1:5000/TraceSegments");
  EXPECT_EQ(call.region, "eu-west-1");
  EXPECT_EQ(call.body, R"({"TraceSegmentDocuments":[]})");
  EXPECT_EQ(http::header(call.headers, "content-type"), "application/json");
  EXPECT_EQ(call.deadline.at_steady_ns(), deadline_.at_steady_ns());
}

TEST_F(XRayServiceTest, reads_what_was_refused) {
  answer(R"({"UnprocessedTraceSegments":[
      {"Id":"6f90c5a1d5f3b2a1","ErrorCode":"ParseError","Message":"bad"},{"ErrorCode":"TooBig"}]})");
  const auto refused = put_trace_segments(caller_, endpoint_, "{}", deadline_);
  ASSERT_TRUE(refused);
  ASSERT_EQ(refused->size(), 2U);
  EXPECT_EQ(refused->at(0).id, "6f90c5a1d5f3b2a1");
  EXPECT_EQ(refused->at(0).code, "ParseError");
  EXPECT_EQ(refused->at(0).message, "bad");
  EXPECT_EQ(refused->at(1).id, "");
}

TEST_F(XRayServiceTest, hands_a_failure_on) {
  Failure failure;
  failure.error = {core::Code::throttled, "XRay PutTraceSegments: slow down"};
  caller_.answers.emplace_back(tl::unexpected(failure));
  const auto refused = put_trace_segments(caller_, endpoint_, "{}", deadline_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::Code::throttled);
  EXPECT_EQ(refused.error().message, "XRay PutTraceSegments: slow down");
}

TEST_F(XRayServiceTest, calls_garbage_garbage) {
  for (const char* body : {"", "<html>", "[]", "\"x\""}) {
    answer(body);
    const auto refused = put_trace_segments(caller_, endpoint_, "{}", deadline_);
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().code, core::Code::protocol);
  }
}

TEST_F(XRayServiceTest, takes_lists_of_another_type_for_empty) {
  answer(R"({"UnprocessedTraceSegments":"none"})");
  const auto refused = put_trace_segments(caller_, endpoint_, "{}", deadline_);
  ASSERT_TRUE(refused);
  EXPECT_TRUE(refused->empty());
}

TEST_F(XRayServiceTest, asks_for_traces_and_reads_their_documents) {
  endpoint_.url = *core::Url::parse("http://127.0.0.1:5000/base/");
  answer(R"({"Traces":[{"Id":"1-a-b","Duration":1.5,"Segments":[
      {"Id":"x","Document":"{\"name\":\"one\"}"},{"Id":"y","Document":"{}"}]}],
      "UnprocessedTraceIds":["1-c-d"],"NextToken":"more"})");
  const std::vector<std::string> ids = {"1-a-b", "1-c-d"};
  const auto page = batch_get_traces(caller_, endpoint_, ids, "", deadline_);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(caller_.calls.at(0).url.to_string(), "http://127.0.0.1:5000/base/Traces");
  EXPECT_EQ(caller_.calls.at(0).operation, "BatchGetTraces");
  EXPECT_EQ(caller_.calls.at(0).body, R"({"TraceIds":["1-a-b","1-c-d"]})");
  ASSERT_EQ(page->traces.size(), 1U);
  EXPECT_EQ(page->traces[0].id, "1-a-b");
  EXPECT_EQ(page->traces[0].documents, (std::vector<std::string>{R"({"name":"one"})", "{}"}));
  EXPECT_EQ(page->unprocessed_ids, std::vector<std::string>{"1-c-d"});
  EXPECT_EQ(page->next_token, "more");
}

TEST_F(XRayServiceTest, asks_for_the_next_page) {
  answer(R"({"Traces":[]})");
  const std::vector<std::string> ids = {"1-a-b"};
  const auto page = batch_get_traces(caller_, endpoint_, ids, "more", deadline_);
  ASSERT_TRUE(page);
  EXPECT_EQ(caller_.calls.at(0).body, R"({"TraceIds":["1-a-b"],"NextToken":"more"})");
  EXPECT_EQ(page->next_token, "");
}

}  // namespace
}  // namespace spawn::aws::xray
