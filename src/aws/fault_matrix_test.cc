// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What may go wrong on the way to AWS, and what becomes of a call then: how often it is sent, how
// long is waited in between, how it ends. The whole traced stack against FakeAws, on a clock that
// only moves when somebody waits.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <tuple>

#include "aws/endpoints.h"
#include "aws/services/ec2.h"
#include "aws/services/lambda.h"
#include "aws/services/s3.h"
#include "aws/services/sqs.h"
#include "aws/services/ssm.h"
#include "aws/services/sts.h"
#include "aws/services/xray.h"
#include "aws/stack.h"
#include "aws/test_support.h"
#include "testing/fake_aws.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;
using core::Code;
using Kind = testing::Fault::Kind;

// The services that are tried with each fault: one of each protocol.
struct Operation {
  const char* service;  // as it is signed for
  core::Status (*call)(Caller& caller, core::Deadline deadline);
};

core::Status without_value(const auto& result) {
  if (!result) return core::fail(result.error());
  return core::ok();
}
Endpoint endpoint_of(const ServiceInfo& service) {
  return *resolve_endpoint(service, "", "eu-west-1", testing::FakeEnv{}, {});
}
core::Status put_trace_segments(Caller& caller, core::Deadline deadline) {
  return without_value(xray::put_trace_segments(caller, endpoint_of(xray::kService),
                                                R"({"TraceSegmentDocuments":[]})", deadline));
}
core::Status get_caller_identity(Caller& caller, core::Deadline deadline) {
  return without_value(sts::get_caller_identity(caller, endpoint_of(sts::kService), deadline));
}
core::Status describe_instances(Caller& caller, core::Deadline deadline) {
  return without_value(ec2::describe_instances(caller, endpoint_of(ec2::kService), {}, deadline));
}
core::Status create_queue(Caller& caller, core::Deadline deadline) {
  return without_value(sqs::create_queue(caller, endpoint_of(sqs::kService), "jobs", {}, deadline));
}
core::Status get_parameter(Caller& caller, core::Deadline deadline) {
  return without_value(ssm::get_parameter(caller, endpoint_of(ssm::kService), "/image", deadline));
}
core::Status list_objects(Caller& caller, core::Deadline deadline) {
  return without_value(s3::list_objects_v2(caller, endpoint_of(s3::kService),
                                           {"bucket", "", "", 0, "", ""}, deadline));
}
constexpr Operation kOperations[] = {
    {"xray", put_trace_segments},  // rest_json
    {"sts", get_caller_identity},  // query
    {"ec2", describe_instances},   // ec2_query
    {"sqs", create_queue},         // json_1_0
    {"ssm", get_parameter},        // json_1_1
    {"s3", list_objects},          // rest_xml
};

// Calls that would do harm if they were made twice.
core::Status send_message(Caller& caller, core::Deadline deadline) {
  return without_value(sqs::send_message(caller, endpoint_of(sqs::kService),
                                         "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
                                         {"work", {}, 0, "", ""}, deadline));
}
core::Status invoke(Caller& caller, core::Deadline deadline) {
  return without_value(lambda::invoke(caller, endpoint_of(lambda::kService),
                                      {"resize", "{}", lambda::Invocation::wait, ""}, deadline));
}
core::Status run_instances(Caller& caller, core::Deadline deadline) {
  return without_value(ec2::run_instances(caller, endpoint_of(ec2::kService), {}, deadline));
}
constexpr Operation kOnce[] = {{"sqs", send_message}, {"lambda", invoke}, {"ec2", run_instances}};

struct Row {
  const char* name;
  Kind kind;
  int status;  // of Kind::status
  int count;   // how many times it happens
  // What becomes of it.
  int attempts;              // our attempts
  int requests;              // on the wire: healing a clock or credentials is no attempt
  std::optional<Code> ends;  // nothing: well
  core::Nanos hangs{0};      // waited for the other side, all attempts together
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

constexpr Row kRows[] = {
    {"a throttle", Kind::status, 429, 1, 2, 2, {}},
    {"two throttles", Kind::status, 429, 2, 3, 3, {}},
    {"throttles without end", Kind::status, 429, 9, 3, 3, Code::throttled},
    {"an internal error", Kind::status, 500, 1, 2, 2, {}},
    {"internal errors without end", Kind::status, 500, 9, 3, 3, Code::unavailable},
    {"a bad gateway", Kind::status, 502, 1, 2, 2, {}},
    {"an unavailable service", Kind::status, 503, 1, 2, 2, {}},
    {"a gateway's timeout", Kind::status, 504, 1, 2, 2, {}},
    {"a bad request", Kind::status, 400, 1, 1, 1, Code::invalid_argument},
    {"a denial", Kind::status, 403, 1, 1, 1, Code::permission_denied},
    {"a redirect", Kind::status, 301, 1, 1, 1, Code::protocol},
    {"a refused connection", Kind::refused, 0, 1, 2, 2, {}},
    {"nobody there", Kind::refused, 0, 9, 3, 3, Code::unavailable},
    {"a reset", Kind::reset, 0, 1, 2, 2, {}},
    {"resets without end", Kind::reset, 0, 9, 3, 3, Code::unavailable},
    {"a reset in the body", Kind::truncated, 0, 1, 2, 2, {}},
    {"no answer", Kind::hang, 0, 1, 2, 2, {}, 60s},
    {"never an answer", Kind::hang, 0, 9, 3, 3, Code::timeout, 180s},
    {"a slow answer", Kind::delay, 0, 1, 1, 1, {}, 1s},
    {"an answer that is garbage", Kind::garbage, 0, 1, 1, 1, Code::protocol},
    {"expired credentials", Kind::expired, 0, 1, 1, 2, {}},
    {"credentials that stay expired", Kind::expired, 0, 9, 1, 2, Code::unauthenticated},
};

class FaultMatrix : public ::testing::Test {
 protected:
  FaultMatrix() {
    credentials_.next = test_credentials();
    credentials_.next->access_key_id = "AKIDNEWEXAMPLE";
    aws_.put_parameter("/image", "ami-1");
    aws_.set_function("resize",
                      [](const testing::FunctionCall&) { return testing::FunctionResult{}; });
  }

  // Each attempt's span says what was waited before it.
  [[nodiscard]] std::vector<testing::OwnedSpan> attempts() const {
    std::vector<testing::OwnedSpan> found;
    for (auto& span : log_.spans()) {
      if (span.name.starts_with("attempt ")) found.push_back(std::move(span));
    }
    return found;
  }
  static double backoff_ms(const testing::OwnedSpan& attempt) {
    const auto at = attempt.attributes.find("spawn.aws.backoff_ms");
    return at == attempt.attributes.end() ? 0 : std::get<double>(at->second);
  }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::FakeAws aws_{clock_};
  FixedCredentials credentials_;
  testing::SpanLog log_;
  CollectingQueue queue_{log_};
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
  std::unique_ptr<Caller> caller_ =
      make_traced_stack({aws_, credentials_, clock_, rng_, RetryPolicy{}}, tracer_);
};

class EachFault : public FaultMatrix,
                  public ::testing::WithParamInterface<std::tuple<Operation, Row>> {};

TEST_P(EachFault, ends_as_the_retry_rules_say) {
  const auto& [operation, row] = GetParam();
  testing::Fault fault;
  fault.kind = row.kind;
  fault.status = row.status;
  fault.count = row.count;
  aws_.inject(operation.service, fault);

  const auto result = operation.call(*caller_, core::Deadline::never());

  EXPECT_EQ(result.has_value(), !row.ends.has_value());
  if (!result && row.ends) {
    EXPECT_EQ(result.error().code, *row.ends) << result.error().message;
  }
  EXPECT_EQ(aws_.seen().size(), static_cast<std::size_t>(row.requests));
  const auto spans = attempts();
  ASSERT_EQ(spans.size(), static_cast<std::size_t>(row.attempts));
  double waited_ms = 0;
  for (std::size_t i = 1; i < spans.size(); ++i) {
    // Full jitter: anything below 1 s, then below 2 s.
    EXPECT_GT(backoff_ms(spans[i]), 0);
    EXPECT_LT(backoff_ms(spans[i]), i == 1 ? 1000 : 2000);
    waited_ms += backoff_ms(spans[i]);
  }
  const auto slept = clock_.slept() - row.hangs;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  EXPECT_NEAR(Milliseconds(slept).count(), waited_ms, 0.001);
}

class OnceOnly : public EachFault {};

TEST_P(OnceOnly, is_a_call_made_that_may_have_been_carried_out) {
  const auto& [operation, row] = GetParam();
  ASSERT_TRUE(create_queue(*caller_, core::Deadline::never()));
  testing::Fault fault;
  fault.kind = row.kind;
  fault.status = row.status;
  fault.count = row.count;
  aws_.inject(operation.service, fault);
  (void)operation.call(*caller_, core::Deadline::never());
  // Only what was refused before anything was done may be sent again. EC2 throttles with 503.
  const bool throttled =
      row.status == 429 || (row.status == 503 && operation.service == std::string_view("ec2"));
  const bool refused = row.kind == Kind::expired || throttled;
  EXPECT_EQ(aws_.seen().size() - 1, static_cast<std::size_t>(refused ? row.requests : 1));
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<Operation, Row>>& info) {
  const auto& [operation, row] = info.param;
  std::string name = fmt::format("{}_{}", operation.service, row.name);
  for (char& c : name) {
    if (c == ' ' || c == '\'') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Aws, EachFault,
                         ::testing::Combine(::testing::ValuesIn(kOperations),
                                            ::testing::ValuesIn(kRows)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Aws, OnceOnly,
                         ::testing::Combine(::testing::ValuesIn(kOnce), ::testing::ValuesIn(kRows)),
                         name_of);

TEST_F(FaultMatrix, a_clock_that_is_wrong_is_corrected_at_once_and_for_good) {
  for (const Operation& operation : kOperations) {
    for (const core::Nanos ahead : {core::Nanos(1h), core::Nanos(-30min), core::Nanos(6min)}) {
      aws_.forget();
      aws_.set_clock_ahead(ahead);
      EXPECT_TRUE(operation.call(*caller_, core::Deadline::never())) << operation.service;
      EXPECT_EQ(aws_.seen().size(), 2U);
      EXPECT_TRUE(operation.call(*caller_, core::Deadline::never()));
      EXPECT_EQ(aws_.seen().size(), 3U);
    }
  }
  EXPECT_EQ(clock_.slept(), 0ns);
}

TEST_F(FaultMatrix, a_clock_that_is_a_little_wrong_is_left_alone) {
  aws_.set_clock_ahead(3min);
  EXPECT_TRUE(put_trace_segments(*caller_, core::Deadline::never()));
  EXPECT_EQ(aws_.seen().size(), 1U);
}

TEST_F(FaultMatrix, no_call_lasts_beyond_its_deadline) {
  for (const Kind kind : {Kind::hang, Kind::status, Kind::reset, Kind::delay}) {
    testing::Fault fault;
    fault.kind = kind;
    fault.count = 9;
    fault.delay = 1500ms;
    aws_.inject("xray", fault);
    const auto before = clock_.slept();
    (void)put_trace_segments(*caller_, core::Deadline::after(clock_, 2s));
    EXPECT_LE(clock_.slept() - before, 2s);
  }
}

TEST_F(FaultMatrix, each_attempt_says_what_happened_to_it) {
  testing::Fault throttle;
  throttle.status = 429;
  testing::Fault reset;
  reset.kind = Kind::reset;
  aws_.inject("xray", throttle);
  aws_.inject("xray", reset);
  ASSERT_TRUE(put_trace_segments(*caller_, core::Deadline::never()));
  const auto spans = attempts();
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].text("error.type"), "ThrottledException");
  EXPECT_EQ(spans[0].text("spawn.aws.throttled"), "true");
  EXPECT_EQ(spans[0].text("http.response.status_code"), "429");
  EXPECT_EQ(spans[0].text("aws.request_id"), "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(spans[1].text("error.type"), "connect");
  EXPECT_EQ(spans[1].text("spawn.aws.throttled"), "false");
  EXPECT_EQ(spans[1].text("http.request.resend_count"), "1");
  EXPECT_EQ(spans[2].text("error"), "false");
  const auto call = log_.only("XRay.PutTraceSegments");
  EXPECT_EQ(call.text("error"), "false");
  EXPECT_EQ(call.text("error.type"), "");
  EXPECT_EQ(call.text("spawn.aws.attempts"), "3");
}

}  // namespace
}  // namespace spawn::aws
