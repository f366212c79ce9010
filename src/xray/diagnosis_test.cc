// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Problems are planted one by one; each must be found and its cure named.
#include "xray/diagnosis.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "core/url.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"

namespace spawn::xray {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using State = trace::Finding::State;

// Nobody has any.
class NoCredentials final : public aws::CredentialsProvider {
 public:
  core::Result<aws::Credentials> get() override {
    return core::fail(core::Code::unauthenticated, "no credentials were found");
  }
  void forget() override {}
};

class DiagnosisTest : public ::testing::Test {
 protected:
  trace::Findings diagnose_with(http::Client& client) {
    const auto stack =
        aws::make_plain_stack({client, credentials_, clock_, rng_, aws::RetryPolicy{}});
    return diagnose(endpoint_, credentials_, *stack, clock_, rng_, request_);
  }
  trace::Findings diagnose_aws() { return diagnose_with(aws_); }
  // One answer to the segment, and nothing more.
  trace::Findings diagnose_answer(int status, std::string body) {
    testing::ScriptedHttp http;
    for (int attempt = 0; attempt < 10; ++attempt) http.answer(status, body);
    return diagnose_with(http);
  }
  trace::Findings diagnose_error(core::Code code, const std::string& message) {
    testing::ScriptedHttp http;
    for (int attempt = 0; attempt < 10; ++attempt) http.fail({code, message});
    return diagnose_with(http);
  }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::FakeAws aws_{clock_};
  aws::FixedCredentials credentials_;
  core::Result<aws::Endpoint> endpoint_ =
      aws::Endpoint{*core::Url::parse("http://xray.test"), "eu-west-1"};
  DiagnosisRequest request_;
};

std::vector<std::string> problems(const trace::Findings& findings) {
  std::vector<std::string> names;
  for (const trace::Finding& finding : findings) {
    if (finding.state == State::problem) names.push_back(finding.check);
  }
  return names;
}

// The one problem, with the cure.
void expect_problem(const trace::Findings& findings, const std::string& check,
                    const std::string& detail, const std::string& cure) {
  EXPECT_THAT(problems(findings), ::testing::Contains(check));
  for (const trace::Finding& finding : findings) {
    if (finding.state != State::problem || finding.check != check) continue;
    EXPECT_THAT(finding.detail, HasSubstr(detail));
    EXPECT_THAT(finding.cure, HasSubstr(cure));
  }
}

TEST_F(DiagnosisTest, finds_nothing_where_all_is_well) {
  const trace::Findings findings = diagnose_aws();
  EXPECT_THAT(problems(findings), ::testing::IsEmpty());
  EXPECT_EQ(findings.back().check, "reading back");
  EXPECT_EQ(findings.back().detail, "the segment can be read");
}

TEST_F(DiagnosisTest, no_region) {
  endpoint_ = core::fail(core::Code::invalid_argument, "no region is set");
  expect_problem(diagnose_aws(), "region", "no region", "AWS_REGION");
}

TEST_F(DiagnosisTest, no_credentials) {
  NoCredentials nobody;
  const auto stack = aws::make_plain_stack({aws_, nobody, clock_, rng_, aws::RetryPolicy{}});
  expect_problem(diagnose(endpoint_, nobody, *stack, clock_, rng_, request_), "credentials",
                 "no credentials", "aws configure");
}

TEST_F(DiagnosisTest, credentials_that_expired) {
  expect_problem(
      diagnose_answer(403, R"({"__type":"ExpiredTokenException","message":"it is expired"})"),
      "credentials", "ExpiredToken", "log in again");
}

TEST_F(DiagnosisTest, a_key_that_is_wrong) {
  expect_problem(
      diagnose_answer(403, R"({"__type":"UnrecognizedClientException","message":"who is that"})"),
      "credentials", "UnrecognizedClient", "get-caller-identity");
}

TEST_F(DiagnosisTest, a_right_that_is_missing) {
  expect_problem(
      diagnose_answer(403, R"({"__type":"AccessDeniedException","message":"not allowed"})"),
      "right xray:PutTraceSegments", "not allowed", "allow xray:PutTraceSegments");
}

TEST_F(DiagnosisTest, a_host_name_that_nobody_knows) {
  expect_problem(diagnose_error(core::Code::unavailable, "the host name was not found"), "endpoint",
                 "host name", "check the region's name");
}

TEST_F(DiagnosisTest, a_port_where_nobody_listens) {
  expect_problem(diagnose_error(core::Code::unavailable, "connection refused"), "endpoint",
                 "refused", "nobody listens");
}

TEST_F(DiagnosisTest, a_network_that_swallows_everything) {
  expect_problem(diagnose_error(core::Code::timeout, "no connection within 3000 ms"), "endpoint",
                 "no connection", "security group");
}

TEST_F(DiagnosisTest, a_certificate_that_is_not_trusted) {
  expect_problem(diagnose_error(core::Code::protocol, "the server's certificate is not trusted"),
                 "TLS", "certificate", "AWS_CA_BUNDLE");
}

TEST_F(DiagnosisTest, an_endpoint_that_is_something_else) {
  expect_problem(diagnose_answer(200, "{}"), "endpoint", "not as X-Ray does", "tracing-endpoint");
}

TEST_F(DiagnosisTest, a_clock_that_is_wrong) {
  aws_.set_clock_ahead(10min);
  expect_problem(diagnose_aws(), "clock", "behind AWS's", "chrony");
}

TEST_F(DiagnosisTest, an_account_that_is_throttled) {
  expect_problem(diagnose_answer(429, R"({"__type":"ThrottledException","message":"slow down"})"),
                 "throttling", "slow down", "lower tracing-sampling");
}

TEST_F(DiagnosisTest, a_segment_that_is_refused) {
  expect_problem(diagnose_answer(200, R"({"UnprocessedTraceSegments":[{"Id":"1",
                 "ErrorCode":"InvalidSegment","Message":"why"}]})"),
                 "self-test", "InvalidSegment why", "report this");
}

// Answers by path, all else as well.
class Account final : public http::Client {
 public:
  core::Result<http::Reply> send(const http::Request& request) override {
    http::Reply reply;
    reply.status = 200;
    const std::string path = core::Url::parse(request.url)->path;
    const auto at = answers.find(path);
    reply.body = at == answers.end() ? "{}" : at->second;
    if (denied == path) {
      reply.status = 403;
      reply.body = R"({"__type":"AccessDeniedException","message":"not allowed"})";
    }
    return reply;
  }
  std::map<std::string, std::string> answers = {
      {"/TraceSegments", R"({"UnprocessedTraceSegments":[]})"},
      {"/Traces", R"({"Traces":[{"Segments":[{"Document":"self-test"}]}]})"}};
  std::string denied;
};

TEST_F(DiagnosisTest, segments_that_are_seen_nowhere) {
  Account account;
  account.answers["/Traces"] = R"({"Traces":[]})";
  expect_problem(diagnose_with(account), "reading back", "after 20 s", "aws/spans");
}

TEST_F(DiagnosisTest, an_index_of_one_percent) {
  Account account;
  account.answers["/GetTraceSegmentDestination"] =
      R"({"Destination":"CloudWatchLogs","Status":"ACTIVE"})";
  account.answers["/GetIndexingRules"] =
      R"({"IndexingRules":[{"Name":"Default","Rule":{"Probabilistic":{"DesiredSamplingPercentage":1.0}}}]})";
  expect_problem(diagnose_with(account), "Transaction Search", "1 % of the traces",
                 "update-indexing-rule");
}

TEST_F(DiagnosisTest, a_right_to_report_that_is_missing) {
  Account account;
  account.denied = "/TelemetryRecords";
  expect_problem(diagnose_with(account), "right xray:PutTelemetryRecords", "not allowed",
                 "allow xray:PutTelemetryRecords");
}

TEST_F(DiagnosisTest, a_right_to_sampling_rules_that_is_missing_where_they_are_wanted) {
  Account account;
  account.denied = "/GetSamplingRules";
  EXPECT_THAT(problems(diagnose_with(account)), ::testing::IsEmpty());
  request_.remote_sampling = true;
  expect_problem(diagnose_with(account), "right xray:GetSamplingRules", "not allowed",
                 "allow xray:GetSamplingRules");
}

// Priority, rate and reservoir of a rule for this service.
std::string rule(int priority, double rate, int reservoir, std::string_view service) {
  return fmt::format(
      R"({{"SamplingRule":{{"RuleName":"r{0}","Priority":{0},"FixedRate":{1},"ReservoirSize":{2},)"
      R"("ServiceName":"{3}","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*",)"
      R"("ResourceARN":"*"}}}})",
      priority, rate, reservoir, service);
}
trace::Finding rules_finding(const trace::Findings& findings) {
  for (const trace::Finding& one : findings) {
    if (one.check == "sampling rules") return one;
  }
  return {};
}

TEST_F(DiagnosisTest, sampling_rules_that_record_nothing) {
  Account account;
  request_.remote_sampling = true;
  const auto with = [&](const std::string& rules) {
    account.answers["/GetSamplingRules"] = R"({"SamplingRuleRecords":[)" + rules + "]}";
    return diagnose_with(account);
  };
  expect_problem(with(rule(10000, 0, 0, "*")), "sampling rules",
                 "'r10000': 0 a second and 0 % of the rest; no trace is ever recorded",
                 R"("RuleName":"r10000")");
  expect_problem(with(rule(9, 1, 1, "*") + "," + rule(1, 0, 0, "*")), "sampling rules",
                 "'r1': 0 a second", "update-sampling-rule");
  EXPECT_EQ(rules_finding(with(rule(9, 0, 0, "*") + "," + rule(1, 0, 1, "shop"))).state, State::ok);
  EXPECT_EQ(rules_finding(with(rule(9, 0.01, 0, "*"))).state, State::ok);
}

TEST_F(DiagnosisTest, says_what_the_rule_for_all_the_others_records) {
  Account account;
  request_.remote_sampling = true;
  account.answers["/GetSamplingRules"] = R"({"SamplingRuleRecords":[)" + rule(10000, 0.05, 1, "*") +
                                         "," + rule(1, 1, 0, "shop") + "]}";
  EXPECT_EQ(rules_finding(diagnose_with(account)).detail,
            "'r10000': 1 a second and 5 % of the rest, of what no rule before it takes");
}

TEST_F(DiagnosisTest, who_may_not_read_is_told_so_and_has_no_problem) {
  Account account;
  account.denied = "/Traces";
  const trace::Findings findings = diagnose_with(account);
  EXPECT_THAT(problems(findings), ::testing::IsEmpty());
  EXPECT_EQ(findings.back().state, State::unknown);
  EXPECT_THAT(findings.back().cure, HasSubstr("xray:BatchGetTraces"));
}

}  // namespace
}  // namespace spawn::xray
