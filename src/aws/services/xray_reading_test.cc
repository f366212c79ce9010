// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Summaries, graphs, sampling and settings: what is asked for, and how replies are read. Replies
// are spelled as in botocore's model of 2026-08.
#include <gtest/gtest.h>

#include <functional>

#include "aws/services/xray_account.h"
#include "aws/services/xray_graph.h"
#include "aws/services/xray_sampling.h"
#include "aws/services/xray_summaries.h"
#include "aws/test_support.h"

namespace spawn::aws::xray {
namespace {

constexpr std::int64_t kTime = 1'767'323'045'250'000'000;

class XRayReadingTest : public ::testing::Test {
 protected:
  void answer(std::string body) { caller_.answers.emplace_back(good_reply(std::move(body))); }
  [[nodiscard]] const Call& call() const { return caller_.calls.back(); }

  ScriptedCaller caller_;
  core::Deadline deadline_ = core::Deadline::never();
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
};

TEST_F(XRayReadingTest, asks_for_summaries_by_time_and_filter) {
  answer(
      R"({"TraceSummaries":[{"Id":"1-a-b"},{"Id":"1-c-d"}],"TracesProcessedCount":12,"NextToken":"more"})");
  const auto page = get_trace_summaries(
      caller_, endpoint_, {{kTime, kTime + 500'000'000}, "error", false, "t"}, deadline_);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(call().url.to_string(), "http://127.0.0.1:5000/TraceSummaries");
  EXPECT_EQ(call().body,
            R"({"StartTime":1767323045.25,"EndTime":1767323045.75,"TimeRangeType":"TraceId",)"
            R"("FilterExpression":"error","NextToken":"t"})");
  ASSERT_EQ(page->summaries.size(), 2U);
  EXPECT_EQ(page->summaries[1].text_at("Id"), "1-c-d");
  EXPECT_EQ(page->traces_processed, 12);
  EXPECT_EQ(page->next_token, "more");
}

TEST_F(XRayReadingTest, reads_a_service_graph) {
  const std::string graph = R"({"Services":[{"ReferenceId":0,"Name":"spawn","Root":true,
      "Type":"AWS::EC2::Instance","AccountId":"1","State":"active",
      "SummaryStatistics":{"OkCount":7,"ErrorStatistics":{"ThrottleCount":1,"OtherCount":1,
        "TotalCount":2},"FaultStatistics":{"OtherCount":1,"TotalCount":1},"TotalCount":10,
        "TotalResponseTime":2.5},
      "ResponseTimeHistogram":[{"Value":0.25,"Count":10}],
      "Edges":[{"ReferenceId":1,"EdgeType":"link","SummaryStatistics":{"TotalCount":3}}]},
      {"ReferenceId":1,"Name":"EC2"}],"NextToken":"more"})";
  answer(graph);
  const auto page = get_service_graph(caller_, endpoint_, {{kTime, kTime}, "group", ""}, deadline_);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(call().url.path, "/ServiceGraph");
  EXPECT_EQ(call().body, R"({"StartTime":1767323045.25,"EndTime":1767323045.25,)"
                         R"("GroupName":"group"})");
  ASSERT_EQ(page->services.size(), 2U);
  const ServiceNode& node = page->services[0];
  EXPECT_EQ(node.name, "spawn");
  EXPECT_EQ(node.type, "AWS::EC2::Instance");
  EXPECT_EQ(node.state, "active");
  EXPECT_TRUE(node.is_root);
  EXPECT_EQ(node.statistics.total, 10);
  EXPECT_EQ(node.statistics.ok, 7);
  EXPECT_EQ(node.statistics.errors, 2);
  EXPECT_EQ(node.statistics.throttles, 1);
  EXPECT_EQ(node.statistics.faults, 1);
  EXPECT_EQ(node.statistics.total_response_seconds, 2.5);
  EXPECT_EQ(node.response_times.at(0).count, 10);
  EXPECT_EQ(node.response_times.at(0).seconds, 0.25);
  EXPECT_EQ(node.edges.at(0).to, 1);
  EXPECT_EQ(node.edges.at(0).type, "link");
  EXPECT_EQ(node.edges.at(0).statistics.total, 3);
  EXPECT_EQ(page->next_token, "more");

  answer(graph);
  const std::vector<std::string> ids = {"1-a-b"};
  ASSERT_TRUE(get_trace_graph(caller_, endpoint_, ids, "", deadline_));
  EXPECT_EQ(call().url.path, "/TraceGraph");
  EXPECT_EQ(call().body, R"({"TraceIds":["1-a-b"]})");
}

TEST_F(XRayReadingTest, reads_statistics_minute_by_minute) {
  answer(R"({"TimeSeriesServiceStatistics":[
      {"Timestamp":1767323045.25,"ServiceSummaryStatistics":{"TotalCount":4},
       "ResponseTimeHistogram":[{"Value":1,"Count":4}]},
      {"Timestamp":1767323105,"EdgeSummaryStatistics":{"TotalCount":2}}]})");
  GetTimeSeries request;
  request.range = {kTime, kTime};
  request.selector = "service(\"spored\")";
  const auto page = get_time_series_service_statistics(caller_, endpoint_, request, deadline_);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(call().url.path, "/TimeSeriesServiceStatistics");
  EXPECT_NE(
      call().body.view().find(R"x("Period":60,"EntitySelectorExpression":"service(\"spored\")")x"),
      std::string::npos);
  ASSERT_EQ(page->entries.size(), 2U);
  EXPECT_EQ(page->entries[0].time_ns, kTime);
  EXPECT_EQ(page->entries[0].statistics.total, 4);
  EXPECT_EQ(page->entries[0].response_times.at(0).seconds, 1);
  EXPECT_EQ(page->entries[1].statistics.total, 2);
}

TEST_F(XRayReadingTest, reads_sampling_rules_and_targets) {
  answer(R"({"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"r","Priority":1,"FixedRate":0.05,
      "ReservoirSize":2,"ServiceName":"spored","ServiceType":"*","Host":"*","HTTPMethod":"GET",
      "URLPath":"/a*","ResourceARN":"*","Attributes":{"k":"v"},"Version":1}},{}],
      "NextToken":"more"})");
  const auto rules = get_sampling_rules(caller_, endpoint_, "", deadline_);
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(call().url.path, "/GetSamplingRules");
  EXPECT_EQ(call().body, "{}");
  ASSERT_EQ(rules->rules.size(), 2U);
  const SamplingRule& rule = rules->rules[0];
  EXPECT_EQ(rule.name, "r");
  EXPECT_EQ(rule.priority, 1);
  EXPECT_EQ(rule.fixed_rate, 0.05);
  EXPECT_EQ(rule.reservoir_size, 2);
  EXPECT_EQ(rule.service_name, "spored");
  EXPECT_EQ(rule.http_method + rule.url_path, "GET/a*");
  EXPECT_EQ(rule.attributes.at("k"), "v");
  EXPECT_EQ(rules->rules[1].priority, 10000);
  EXPECT_EQ(rules->next_token, "more");

  answer(R"({"SamplingTargetDocuments":[{"RuleName":"r","FixedRate":0.1,"ReservoirQuota":3,
      "ReservoirQuotaTTL":1767323045.25,"Interval":10},{"RuleName":"s","FixedRate":0}],
      "LastRuleModification":1767323045,
      "UnprocessedStatistics":[{"RuleName":"t","ErrorCode":"404","Message":"gone"}]})");
  const std::vector<SamplingStatistics> statistics = {
      {"r", "0123456789abcdef01234567", kTime, 9, 2, 1}};
  const auto targets = get_sampling_targets(caller_, endpoint_, statistics, deadline_);
  ASSERT_TRUE(targets) << targets.error().message;
  EXPECT_EQ(call().url.path, "/SamplingTargets");
  EXPECT_EQ(call().body, R"({"SamplingStatisticsDocuments":[{"RuleName":"r",)"
                         R"("ClientID":"0123456789abcdef01234567","Timestamp":1767323045.25,)"
                         R"("RequestCount":9,"SampledCount":2,"BorrowCount":1}]})");
  ASSERT_EQ(targets->targets.size(), 2U);
  EXPECT_EQ(targets->targets[0].reservoir_quota, 3);
  EXPECT_EQ(targets->targets[0].quota_ends_ns, kTime);
  EXPECT_EQ(targets->targets[0].interval_seconds, 10);
  EXPECT_EQ(targets->targets[1].reservoir_quota, std::nullopt);
  EXPECT_EQ(targets->last_rule_modification_ns, 1'767'323'045'000'000'000);
  EXPECT_EQ(targets->unprocessed.at(0).message, "gone");
}

TEST_F(XRayReadingTest, reads_where_segments_go_and_what_is_indexed) {
  answer(R"({"Destination":"CloudWatchLogs","Status":"ACTIVE"})");
  const auto destination = get_trace_segment_destination(caller_, endpoint_, deadline_);
  ASSERT_TRUE(destination);
  EXPECT_EQ(call().url.path, "/GetTraceSegmentDestination");
  EXPECT_EQ(destination->destination, "CloudWatchLogs");
  EXPECT_EQ(destination->status, "ACTIVE");
  answer(R"({"IndexingRules":[{"Name":"Default","Rule":{"Probabilistic":
      {"DesiredSamplingPercentage":1.0,"ActualSamplingPercentage":0.5}}}]})");
  const auto rules = get_indexing_rules(caller_, endpoint_, "", deadline_);
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->rules.at(0).name, "Default");
  EXPECT_EQ(rules->rules[0].desired_percentage, 1.0);
  EXPECT_EQ(rules->rules[0].actual_percentage, 0.5);
}

TEST_F(XRayReadingTest, tells_xray_what_became_of_segments) {
  TelemetryRecord record;
  record.time_ns = kTime;
  record.segments_sent = 5;
  record.http_5xx = 1;
  ASSERT_TRUE(put_telemetry_records(caller_, endpoint_, {{record}, "i-1", "host"}, deadline_));
  EXPECT_EQ(call().url.path, "/TelemetryRecords");
  EXPECT_EQ(call().body,
            R"({"TelemetryRecords":[{"Timestamp":1767323045.25,"SegmentsReceivedCount":0,)"
            R"("SegmentsSentCount":5,"SegmentsSpilloverCount":0,"SegmentsRejectedCount":0,)"
            R"("BackendConnectionErrors":{"TimeoutCount":0,"ConnectionRefusedCount":0,)"
            R"("HTTPCode4XXCount":0,"HTTPCode5XXCount":1,"UnknownHostCount":0,"OtherCount":0}}],)"
            R"("EC2InstanceId":"i-1","Hostname":"host"})");
}

TEST_F(XRayReadingTest, hands_failures_on_and_calls_garbage_garbage) {
  using Read = std::function<bool()>;
  const std::vector<Read> reads = {
      [&] { return get_trace_summaries(caller_, endpoint_, {}, deadline_).has_value(); },
      [&] { return get_service_graph(caller_, endpoint_, {}, deadline_).has_value(); },
      [&] { return get_trace_graph(caller_, endpoint_, {}, "", deadline_).has_value(); },
      [&] {
        return get_time_series_service_statistics(caller_, endpoint_, {}, deadline_).has_value();
      },
      [&] { return get_sampling_rules(caller_, endpoint_, "", deadline_).has_value(); },
      [&] { return get_sampling_targets(caller_, endpoint_, {}, deadline_).has_value(); },
      [&] { return get_trace_segment_destination(caller_, endpoint_, deadline_).has_value(); },
      [&] { return get_indexing_rules(caller_, endpoint_, "", deadline_).has_value(); }};
  for (const Read& read : reads) {
    for (const char* garbage : {"", "<html>", "[]"}) {
      answer(garbage);
      EXPECT_FALSE(read()) << call().operation << garbage;
    }
    Failure failure;
    failure.error = {core::Code::permission_denied, "no"};
    caller_.answers.emplace_back(tl::unexpected(failure));
    EXPECT_FALSE(read()) << call().operation;
  }
}

TEST_F(XRayReadingTest, takes_members_of_another_type_for_absent) {
  answer(R"({"TraceSummaries":{},"NextToken":7})");
  const auto page = get_trace_summaries(caller_, endpoint_, {}, deadline_);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->summaries.empty());
  answer(
      R"({"LastRuleModification":1e300,"SamplingTargetDocuments":[{"ReservoirQuotaTTL":-1e300}]})");
  const auto targets = get_sampling_targets(caller_, endpoint_, {}, deadline_);
  ASSERT_TRUE(targets);
  EXPECT_EQ(targets->last_rule_modification_ns, std::nullopt);
}

}  // namespace
}  // namespace spawn::aws::xray
