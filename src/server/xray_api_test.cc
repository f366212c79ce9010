// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/xray_api.h"

#include "server/test_service.h"

namespace spawn::server {
namespace {

using core::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class XRayApiTest : public StoreTest {
 protected:
  Json ask(std::string_view path, std::string_view body, int status = 200) {
    const auto reply = api_.serve(path, body);
    EXPECT_EQ(reply.status, status) << path << body << reply.body;
    return *Json::parse(reply.body);
  }
  std::string error_of(std::string_view path, std::string_view body) {
    const auto reply = api_.serve(path, body);
    return std::string(http::header(reply.headers, "x-amzn-ErrorType")) + ": " +
           std::string(Json::parse(reply.body)->text_at("message"));
  }
  void put(const std::string& document) {
    const Json request(Json::Object{{"TraceSegmentDocuments", Json(Json::Array{Json(document)})}});
    EXPECT_EQ(ask("/TraceSegments", request.to_text()).to_text(),
              R"({"UnprocessedTraceSegments":[]})");
  }
  static std::string rule(std::string_view name, std::string_view more = "") {
    return fmt::format(R"({{"SamplingRule":{{"RuleName":"{}","ResourceARN":"*","Priority":5,
      "FixedRate":0.5,"ReservoirSize":3,"ServiceName":"*","ServiceType":"*","Host":"*",
      "HTTPMethod":"*","URLPath":"*","Version":1{}}}}})",
                       name, more);
  }

  Traces traces_{*store_, clock_};
  XRayApi api_{*store_, traces_, clock_};
};

TEST_F(XRayApiTest, answers_as_aws_does_what_it_does_not_know) {
  EXPECT_THAT(error_of("/InsightSummaries", "{}"), HasSubstr("UnknownOperationException"));
  EXPECT_THAT(error_of("/Traces", "{"), HasSubstr("SerializationException"));
  EXPECT_THAT(error_of("/Traces", "{}"), HasSubstr("InvalidRequestException: TraceIds"));
  EXPECT_THAT(error_of("/Traces", R"({"TraceIds":["1","2","3","4","5","6"]})"),
              HasSubstr("at most 5"));
}

TEST_F(XRayApiTest, gives_a_trace_back_as_it_was_sent) {
  const std::string document = segment("00000000000000aa", R"(,"annotations":{"k":"ä"})");
  put(document);
  const Json reply = ask("/Traces", fmt::format(R"({{"TraceIds":["{}","1-1-2"]}})", kTraceId));
  const Json::Array& traces = *list_at(reply, "Traces");
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].text_at("Id"), kTraceId);
  EXPECT_EQ(number_at(traces[0], "Duration"), 1.0);
  const Json::Array& segments = *list_at(traces[0], "Segments");
  ASSERT_THAT(segments, SizeIs(1));
  EXPECT_EQ(segments[0].text_at("Id"), "00000000000000aa");
  EXPECT_EQ(segments[0].text_at("Document"), document);
  EXPECT_EQ(list_at(reply, "UnprocessedTraceIds")->at(0).to_text(), "\"1-1-2\"");
}

TEST_F(XRayApiTest, makes_documents_of_spans_that_came_another_way) {
  put(segment("00000000000000aa"));
  trace::Resource resource;
  resource.set("service.name", std::string("worker"));
  trace::SpanRecord span;
  span.trace_id = *trace::TraceId::from_xray(kTraceId);
  span.span_id = {0xbb};
  span.start_ns = span.end_ns = 1'767'323'045'000'000'000;
  span.resource = &resource;
  span.set_name("job");
  span.settle();
  ASSERT_TRUE(store_->write({&span, 1}));
  const Json reply = ask("/Traces", fmt::format(R"({{"TraceIds":["{}"]}})", kTraceId));
  const Json::Array& segments = *list_at(list_at(reply, "Traces")->at(0), "Segments");
  ASSERT_THAT(segments, SizeIs(2));
  EXPECT_THAT(segments[1].text_at("Document"), HasSubstr(R"("name":"worker")"));
}

TEST_F(XRayApiTest, keeps_sampling_rules_and_gives_targets_by_them) {
  EXPECT_THAT(*list_at(ask("/GetSamplingRules", ""), "SamplingRuleRecords"), SizeIs(1));
  const Json created = ask("/CreateSamplingRule", rule("mine"));
  EXPECT_EQ(created.find("SamplingRuleRecord")->find("SamplingRule")->text_at("RuleARN"),
            "arn:aws:xray:us-east-1:000000000000:sampling-rule/mine");
  EXPECT_THAT(error_of("/CreateSamplingRule", rule("mine")), HasSubstr("already"));
  EXPECT_THAT(error_of("/CreateSamplingRule", rule("bad", R"(,"Priority":0)")),
              HasSubstr("Priority"));
  ask("/UpdateSamplingRule", R"({"SamplingRuleUpdate":{"RuleName":"mine","FixedRate":0.25}})");
  const Json rules = ask("/GetSamplingRules", "{}");
  const Json& first = *list_at(rules, "SamplingRuleRecords")->at(0).find("SamplingRule");
  EXPECT_EQ(first.text_at("RuleName"), "mine");
  EXPECT_EQ(number_at(first, "FixedRate"), 0.25);

  const Json targets = ask("/SamplingTargets", R"({"SamplingStatisticsDocuments":[
    {"RuleName":"mine","ClientID":"a"},{"RuleName":"mine","ClientID":"b"},{"RuleName":"no"}]})");
  const Json::Array& documents = *list_at(targets, "SamplingTargetDocuments");
  ASSERT_THAT(documents, SizeIs(2));
  EXPECT_EQ(number_at(documents[0], "ReservoirQuota"), 3.0);
  EXPECT_EQ(number_at(documents[1], "ReservoirQuota"), 2.0);  // shared by two
  EXPECT_EQ(list_at(targets, "UnprocessedStatistics")->at(0).text_at("RuleName"), "no");

  ask("/DeleteSamplingRule", R"({"RuleName":"mine"})");
  EXPECT_THAT(error_of("/DeleteSamplingRule", R"({"RuleName":"mine"})"), HasSubstr("no sampling"));
  EXPECT_THAT(error_of("/DeleteSamplingRule", R"({"RuleName":"Default"})"), HasSubstr("cannot"));
}

TEST_F(XRayApiTest, takes_no_more_than_25_sampling_rules) {
  for (int i = 0; i < 25; ++i) ask("/CreateSamplingRule", rule(fmt::format("r{}", i)));
  EXPECT_THAT(error_of("/CreateSamplingRule", rule("r26")),
              HasSubstr("RuleLimitExceededException"));
}

TEST_F(XRayApiTest, keeps_groups) {
  const Json created =
      ask("/CreateGroup", R"({"GroupName":"slow","FilterExpression":"duration > 1"})");
  const std::string arn(created.find("Group")->text_at("GroupARN"));
  EXPECT_THAT(arn, HasSubstr(":group/slow/"));
  EXPECT_THAT(error_of("/CreateGroup", R"({"GroupName":"slow"})"), HasSubstr("already"));
  ask("/UpdateGroup", R"({"GroupName":"slow","FilterExpression":"duration > 2"})");
  EXPECT_EQ(
      ask("/GetGroup", R"({"GroupARN":")" + arn + "\"}").find("Group")->text_at("FilterExpression"),
      "duration > 2");
  EXPECT_EQ(api_.groups().expression_of("slow"), "duration > 2");
  EXPECT_EQ(api_.groups().expression_of(arn), "duration > 2");
  EXPECT_THAT(*list_at(ask("/Groups", "{}"), "Groups"), SizeIs(2));  // with Default
  ask("/DeleteGroup", R"({"GroupName":"slow"})");
  EXPECT_THAT(error_of("/GetGroup", R"({"GroupName":"slow"})"), HasSubstr("no group 'slow'"));
}

TEST_F(XRayApiTest, has_the_group_default_which_nobody_makes_filters_or_deletes) {
  const std::string default_group = R"("GroupName":"Default")";
  const Json group = ask("/GetGroup", "{" + default_group + "}");
  EXPECT_TRUE(group.find("Group")->text_at("GroupARN").ends_with(":group/Default"));
  EXPECT_EQ(api_.groups().expression_of("Default"), "");
  EXPECT_THAT(error_of("/CreateGroup", "{" + default_group + "}"), HasSubstr("reserved"));
  EXPECT_THAT(error_of("/UpdateGroup", "{" + default_group + R"(,"FilterExpression":"fault"})"),
              HasSubstr("all traces"));
  EXPECT_THAT(error_of("/DeleteGroup", "{" + default_group + "}"), HasSubstr("cannot be deleted"));
  EXPECT_THAT(*list_at(ask("/Groups", "{}"), "Groups"), SizeIs(1));
}

TEST_F(XRayApiTest, tells_and_keeps_what_there_is_one_of) {
  EXPECT_EQ(ask("/EncryptionConfig", "").find("EncryptionConfig")->text_at("Type"), "NONE");
  ask("/PutEncryptionConfig", R"({"Type":"KMS","KeyId":"alias/k"})");
  EXPECT_EQ(ask("/EncryptionConfig", "").find("EncryptionConfig")->text_at("KeyId"), "alias/k");
  EXPECT_THAT(error_of("/PutEncryptionConfig", R"({"Type":"KMS"})"), HasSubstr("KeyId"));
  EXPECT_EQ(ask("/GetTraceSegmentDestination", "").text_at("Destination"), "XRay");
  ask("/UpdateTraceSegmentDestination", R"({"Destination":"XRay"})");
  EXPECT_THAT(error_of("/UpdateTraceSegmentDestination", R"({"Destination":"CloudWatchLogs"})"),
              HasSubstr("InvalidRequestException"));
  ask("/UpdateIndexingRule",
      R"({"Name":"Default","Rule":{"Probabilistic":{"DesiredSamplingPercentage":5}}})");
  const Json indexing = ask("/GetIndexingRules", "{}");
  EXPECT_EQ(
      number_at(*list_at(indexing, "IndexingRules")->at(0).find("Rule")->find("Probabilistic"),
                "DesiredSamplingPercentage"),
      5.0);
  EXPECT_EQ(ask("/TelemetryRecords", R"({"TelemetryRecords":[{"Timestamp":1}]})").to_text(), "{}");
  EXPECT_THAT(error_of("/TelemetryRecords", R"({"TelemetryRecords":[{}]})"),
              HasSubstr("Timestamp"));
}

}  // namespace
}  // namespace spawn::server
