// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_span.h"

#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::intake {
namespace {

using spawn::testing::OwnedSpan;

CsmEvent call() {
  CsmEvent event;
  event.service = "CloudWatch Logs";
  event.api = "PutLogEvents";
  event.region = "eu-west-1";
  event.user_agent = "aws-cli/2.9.19";
  event.timestamp_ms = 1'000;
  event.latency_ms = 50;
  event.attempt_count = 2;
  event.http_status = 200;
  return event;
}

CsmEvent attempt(std::string request_id) {
  CsmEvent event = call();
  event.type = CsmEvent::Type::attempt;
  event.host = "logs.eu-west-1.amazonaws.com:8443";
  event.request_id = std::move(request_id);
  return event;
}

TEST(CsmSpan, writes_the_guides_and_the_conventions_attributes_of_a_call) {
  CsmEvent last = attempt("R2");
  last.extended_request_id = "X2";
  const OwnedSpan span(call_span(call(), {attempt("R1"), last}));
  EXPECT_EQ(span.name, "CloudWatch Logs.PutLogEvents");
  EXPECT_EQ(span.kind, trace::SpanKind::client);
  EXPECT_EQ(span.start_ns, 1'000'000'000);
  EXPECT_EQ(span.end_ns, 1'050'000'000);
  const std::map<std::string, std::string> expected = {
      {"aws.service", "cloudwatchlogs"},
      {"aws.operation", "PutLogEvents"},
      {"aws.region", "eu-west-1"},
      {"aws.request_id", "R2"},
      {"aws.extended_request_id", "X2"},
      {"error", "false"},
      {"rpc.system", "aws-api"},
      {"rpc.service", "CloudWatch Logs"},
      {"rpc.method", "PutLogEvents"},
      {"cloud.region", "eu-west-1"},
      {"http.response.status_code", "200"},
      {"server.address", "logs.eu-west-1.amazonaws.com"},
      {"server.port", "8443"},
      {"user_agent.original", "aws-cli/2.9.19"},
      {"spawn.source", "csm"},
      {"spawn.aws.attempts", "2"},
  };
  for (const auto& [key, value] : expected) EXPECT_EQ(span.text(key), value) << key;
  EXPECT_EQ(span.attributes.size(), expected.size());
  EXPECT_EQ(span.status, trace::StatusCode::unset);
}

TEST(CsmSpan, marks_a_failed_call) {
  CsmEvent event = call();
  event.http_status = 404;
  event.exception = "NoSuchKey";
  event.exception_message = "The specified key does not exist.";
  const OwnedSpan span(call_span(event, {}));
  EXPECT_EQ(span.text("error"), "true");
  EXPECT_EQ(span.text("error.type"), "NoSuchKey");
  EXPECT_EQ(span.status, trace::StatusCode::error);
  EXPECT_EQ(span.status_message, "The specified key does not exist.");
}

TEST(CsmSpan, names_a_failure_without_a_code_by_its_status) {
  CsmEvent event = call();
  event.http_status = 500;
  const OwnedSpan span(call_span(event, {}));
  EXPECT_EQ(span.text("error"), "true");
  EXPECT_EQ(span.text("error.type"), "500");
}

TEST(CsmSpan, numbers_attempts_and_counts_resends_from_the_second_on) {
  const OwnedSpan first(attempt_span(attempt("R1"), 1));
  EXPECT_EQ(first.name, "attempt 1");
  EXPECT_EQ(first.kind, trace::SpanKind::internal);
  EXPECT_EQ(first.text("aws.request_id"), "R1");
  EXPECT_FALSE(first.attributes.contains("http.request.resend_count"));
  EXPECT_EQ(OwnedSpan(attempt_span(attempt("R3"), 3)).text("http.request.resend_count"), "2");
}

TEST(CsmSpan, tells_an_attempts_phases_and_peer) {
  CsmEvent event = attempt("R1");
  event.destination_ip = "192.0.2.1";
  event.dns_ms = 1;
  event.connect_ms = 2;
  event.tls_ms = 3;
  const OwnedSpan span(attempt_span(event, 1));
  EXPECT_EQ(span.text("network.peer.address"), "192.0.2.1");
  EXPECT_EQ(span.text("spawn.http.dns_ms"), "1");
  EXPECT_EQ(span.text("spawn.http.connect_ms"), "2");
  EXPECT_EQ(span.text("spawn.http.tls_ms"), "3");
}

TEST(CsmSpan, lets_an_orphan_stand_for_its_call) {
  const OwnedSpan span(orphan_span(attempt("R1")));
  EXPECT_EQ(span.name, "CloudWatch Logs.PutLogEvents");
  EXPECT_EQ(span.kind, trace::SpanKind::client);
  EXPECT_EQ(span.text("aws.request_id"), "R1");
  EXPECT_EQ(span.text("server.address"), "logs.eu-west-1.amazonaws.com");
  EXPECT_FALSE(span.attributes.contains("spawn.aws.attempts"));
}

TEST(SplitHostPort, reads_names_and_both_kinds_of_address) {
  const auto expect = [](std::string_view text, std::string_view host, int port) {
    const HostPort split = split_host_port(text);
    EXPECT_EQ(split.host, host) << text;
    EXPECT_EQ(split.port, port) << text;
  };
  expect("s3.amazonaws.com", "s3.amazonaws.com", 0);
  expect("127.0.0.1:5000", "127.0.0.1", 5000);
  expect("[::1]:5000", "::1", 5000);
  expect("[::1]", "::1", 0);
  expect("::1", "::1", 0);
  expect("host:99999", "host", 0);
  expect("host:", "host", 0);
  expect("[broken:1", "[broken:1", 0);
  expect("", "", 0);
}

}  // namespace
}  // namespace spawn::intake
