// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "otlp/json_read.h"
#include "otlp/protobuf_read.h"
#include "otlp/test_spans.h"
#include "testing/fakes.h"

namespace spawn::otlp {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class OtlpSinkTest : public ::testing::Test {
 protected:
  OtlpSinkTest() { target_.url = *core::Url::parse("http://collector.test:4318/v1/traces"); }

  trace::WriteReport write(std::size_t count, core::Nanos within = 30s) {
    std::vector<trace::SpanRecord> batch;
    for (std::size_t i = 0; i < count; ++i) batch.push_back(full_span(resource_));
    return OtlpSink(http_, target_, clock_, rng_)
        .write(batch, core::Deadline::after(clock_, within));
  }
  const http::Request& sent(std::size_t i = 0) { return http_.requests().at(i); }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::ScriptedHttp http_;
  Target target_;
  trace::Resource resource_ = shop_resource();
};

TEST_F(OtlpSinkTest, posts_a_batch_as_protobuf) {
  http_.answer(200);
  const trace::WriteReport report = write(3);
  EXPECT_EQ(report.delivered, 3U);
  EXPECT_EQ(report.lost, 0U);
  EXPECT_EQ(report.reason, "");
  EXPECT_EQ(sent().method, "POST");
  EXPECT_EQ(sent().url, "http://collector.test:4318/v1/traces");
  EXPECT_EQ(http::header(sent().headers, "content-type"), "application/x-protobuf");
  EXPECT_EQ(http::header(sent().headers, "content-encoding"), "");
  EXPECT_THAT(http::header(sent().headers, "user-agent"), HasSubstr("OTel-OTLP-Exporter"));
  trace::SpanSet set;
  ASSERT_TRUE(read_protobuf(sent().body, set));
  EXPECT_THAT(set.spans, SizeIs(3));
}

TEST_F(OtlpSinkTest, posts_json_when_told_to) {
  target_.encoding = Encoding::json;
  http_.answer(200, "{}", {{"Content-Type", "application/json"}});
  EXPECT_EQ(write(2).delivered, 2U);
  EXPECT_EQ(http::header(sent().headers, "content-type"), "application/json");
  trace::SpanSet set;
  ASSERT_TRUE(read_json(sent().body, set));
  EXPECT_THAT(set.spans, SizeIs(2));
}

TEST_F(OtlpSinkTest, compresses_when_told_to) {
  http_.answer(200);
  http_.answer(200);
  (void)write(20);
  target_.gzip = true;
  (void)write(20);
  EXPECT_EQ(http::header(sent(1).headers, "content-encoding"), "gzip");
  EXPECT_LT(sent(1).body.size(), sent(0).body.size() / 5);
}

TEST_F(OtlpSinkTest, sends_headers_and_certificates_of_the_target) {
  target_.headers.emplace_back("api-key", core::Secret("geheim"));
  target_.tls = {"/ca.pem", "/c.pem", "/k.pem"};
  http_.answer(200);
  (void)write(1);
  EXPECT_EQ(http::header(sent().headers, "api-key"), "geheim");
  EXPECT_EQ(sent().tls.authorities, "/ca.pem");
  EXPECT_EQ(sent().tls.key, "/k.pem");
}

TEST_F(OtlpSinkTest, sends_again_what_may_be_sent_again) {
  for (const int status : {429, 502, 503, 504}) {
    http_.answer(status);
    http_.answer(200);
    EXPECT_EQ(write(1).delivered, 1U) << status;
  }
  http_.fail({core::Code::unavailable, "connection refused"});
  http_.answer(200);
  EXPECT_EQ(write(1).delivered, 1U);
}

TEST_F(OtlpSinkTest, sends_nothing_again_that_was_refused) {
  for (const int status : {400, 404, 413, 500}) {
    const std::size_t before = http_.requests().size();
    http_.answer(status);
    const trace::WriteReport report = write(2);
    EXPECT_EQ(report.lost, 2U);
    EXPECT_THAT(report.reason, HasSubstr("it answered " + std::to_string(status)));
    EXPECT_EQ(http_.requests().size(), before + 1) << status;
  }
}

TEST_F(OtlpSinkTest, leaves_for_later_what_better_credentials_may_cure) {
  for (const int status : {401, 403}) {
    http_.answer(status);
    const trace::WriteReport report = write(2);
    EXPECT_EQ(report.later, 2U);
    EXPECT_EQ(report.lost, 0U);
    EXPECT_THAT(report.reason, HasSubstr("it answered " + std::to_string(status)));
  }
}

TEST_F(OtlpSinkTest, waits_as_long_as_it_is_asked_to) {
  http_.answer(429, "", {{"Retry-After", "3"}});
  http_.answer(200);
  EXPECT_EQ(write(1).delivered, 1U);
  EXPECT_GE(clock_.slept(), 3s);
  EXPECT_LT(clock_.slept(), 4s);
}

TEST_F(OtlpSinkTest, does_not_begin_a_wait_that_would_pass_the_deadline) {
  http_.answer(503, "", {{"Retry-After", "30"}});
  const trace::WriteReport report = write(1, 250ms);
  EXPECT_EQ(report.later, 1U);
  EXPECT_THAT(report.reason, AllOf(HasSubstr("503"), HasSubstr("Retry-After: 30")));
  EXPECT_EQ(clock_.slept(), 0ns);
}

TEST_F(OtlpSinkTest, begins_no_attempt_that_has_no_time_to_be_answered) {
  for (int i = 0; i < 20; ++i) http_.answer(503);
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(write(1, core::kLeastForAnAttempt).reason, HasSubstr("503"));
  }
  EXPECT_THAT(http_.requests(), SizeIs(10));
}

TEST_F(OtlpSinkTest, gives_up_at_the_deadline_or_at_the_targets_time_out) {
  for (int i = 0; i < 1000; ++i) http_.answer(503);
  const std::int64_t began = clock_.steady_ns();
  EXPECT_EQ(write(1).later, 1U);  // 10 s of the target come before 30 s of the deadline
  EXPECT_LE(clock_.steady_ns() - began, core::Nanos(10s).count());
  EXPECT_GT(http_.requests().size(), 2U);
  EXPECT_LE(sent().total_timeout, 10s);
}

TEST_F(OtlpSinkTest, sends_nothing_when_there_is_no_time_left) {
  EXPECT_EQ(write(1, 0ns).later, 1U);
  EXPECT_THAT(http_.requests(), IsEmpty());
}

TEST_F(OtlpSinkTest, counts_a_partial_success_with_its_reason) {
  target_.encoding = Encoding::json;
  http_.answer(200, R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})",
               {{"Content-Type", "application/json"}});
  const trace::WriteReport report = write(5);
  EXPECT_EQ(report.delivered, 3U);
  EXPECT_EQ(report.lost, 2U);
  EXPECT_EQ(report.reason, "OTLP at http://collector.test:4318: refused: too old");
}

TEST_F(OtlpSinkTest, a_warning_without_refusals_is_no_loss) {
  http_.answer(200, R"({"partialSuccess":{"errorMessage":"please upgrade"}})",
               {{"Content-Type", "application/json"}});
  EXPECT_EQ(write(2).delivered, 2U);
}

TEST_F(OtlpSinkTest, is_not_led_astray_by_impossible_counts) {
  for (const char* count : {"99", "-4"}) {
    http_.answer(200, fmt::format(R"({{"partialSuccess":{{"rejectedSpans":"{}"}}}})", count),
                 {{"Content-Type", "application/json"}});
    const trace::WriteReport report = write(2);
    EXPECT_EQ(report.delivered + report.lost, 2U) << count;
  }
}

TEST_F(OtlpSinkTest, does_not_take_garbage_for_an_answer) {
  http_.answer(200, "<html>welcome</html>", {{"Content-Type", "text/html"}});
  const trace::WriteReport report = write(2);
  EXPECT_EQ(report.lost, 2U);
  EXPECT_THAT(report.reason, HasSubstr("no OTLP reply"));
}

TEST_F(OtlpSinkTest, names_the_address_once_when_nobody_is_there) {
  http_.fail({core::Code::protocol, "http://collector.test:4318: connection refused"});
  EXPECT_EQ(write(1).reason, "OTLP at http://collector.test:4318: connection refused");
}

TEST_F(OtlpSinkTest, sends_a_batch_that_is_too_large_in_parts_and_counts_losses_by_reason) {
  std::vector<trace::SpanRecord> batch;
  for (std::size_t i = 0; i < 8; ++i) {
    batch.push_back(full_span(resource_));
    for (int key = 0; key < 100; ++key) {
      batch.back().set("key." + std::to_string(key), std::string(60'000, 'x'));
    }
  }
  http_.answer(200);
  http_.answer(400);
  const trace::WriteReport report =
      OtlpSink(http_, target_, clock_, rng_).write(batch, core::Deadline::after(clock_, 30s));
  EXPECT_EQ(report.delivered, 4U);
  EXPECT_EQ(report.lost, 4U);
  EXPECT_THAT(http_.requests(), SizeIs(2));
}

TEST_F(OtlpSinkTest, never_shows_a_headers_value_not_even_when_it_is_echoed) {
  target_.headers.emplace_back("Authorization", core::Secret("Bearer geheim"));
  http_.answer(401, R"({"message":"the token 'geheim' of 'Bearer geheim' is\nbad"})",
               {{"Content-Type", "application/json"}});
  const std::string reason = write(1).reason;
  EXPECT_THAT(reason, AllOf(HasSubstr("401"), Not(HasSubstr("geheim")), Not(HasSubstr("\n"))));
}

}  // namespace
}  // namespace spawn::otlp
