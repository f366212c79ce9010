// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "testing/fakes.h"

namespace spawn::otlp {
namespace {

using spawn::testing::FakeEnv;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Target target(const FakeEnv& env, const char* base = nullptr) {
  std::vector<std::string> notes;
  auto target = target_from(base == nullptr ? std::nullopt : std::optional(*core::Url::parse(base)),
                            env, notes);
  EXPECT_TRUE(target) << target.error().message;
  EXPECT_THAT(notes, SizeIs(0));
  return target ? *std::move(target) : Target();
}
std::string url(const FakeEnv& env, const char* base = nullptr) {
  return target(env, base).url.to_string();
}
std::string problem(const FakeEnv& env) {
  std::vector<std::string> notes;
  const auto target = target_from(std::nullopt, env, notes);
  EXPECT_FALSE(target);
  return target ? "" : target.error().message;
}
// Of a target that is as if the variable were not set.
std::string note(const FakeEnv& env) {
  std::vector<std::string> notes;
  const auto target = target_from(std::nullopt, env, notes);
  EXPECT_TRUE(target);
  EXPECT_THAT(notes, SizeIs(1));
  EXPECT_EQ(target->encoding, Encoding::protobuf);
  EXPECT_FALSE(target->gzip);
  EXPECT_EQ(target->timeout, std::chrono::seconds(10));
  return notes.empty() ? "" : notes[0];
}

TEST(OtlpTarget, is_the_local_collector_with_protobuf_by_default) {
  const Target found = target({});
  EXPECT_EQ(found.url.to_string(), "http://localhost:4318/v1/traces");
  EXPECT_EQ(found.encoding, Encoding::protobuf);
  EXPECT_FALSE(found.gzip);
  EXPECT_EQ(found.timeout, std::chrono::seconds(10));
}

// https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
TEST(OtlpTarget, adds_the_path_to_a_base_and_takes_the_one_for_traces_as_it_is) {
  const char* const base = "OTEL_EXPORTER_OTLP_ENDPOINT";
  const char* const traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  EXPECT_EQ(url({{base, "http://c:4318"}}), "http://c:4318/v1/traces");
  EXPECT_EQ(url({{base, "http://c:4318/mine/"}}), "http://c:4318/mine/v1/traces");
  EXPECT_EQ(url({{base, "http://c:4318/mine"}}), "http://c:4318/mine/v1/traces");
  EXPECT_EQ(url({{base, "http://c:4318"}, {traces, "http://t:1/in"}}), "http://t:1/in");
  EXPECT_EQ(url({{traces, "http://t:1"}}), "http://t:1/");
  EXPECT_EQ(url({{base, ""}, {traces, ""}}), "http://localhost:4318/v1/traces");
}

TEST(OtlpTarget, the_setting_is_stronger_than_the_variables) {
  EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:1/in"}}, "https://mine"),
            "https://mine/v1/traces");
}

TEST(OtlpTarget, names_the_variable_that_holds_no_url) {
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"}}),
              AllOf(HasSubstr("OTEL_EXPORTER_OTLP_ENDPOINT: "), HasSubstr("collector:4318")));
}

TEST(OtlpTarget, knows_two_protocols_in_any_case) {
  EXPECT_EQ(target({{"OTEL_EXPORTER_OTLP_PROTOCOL", "HTTP/JSON"}}).encoding, Encoding::json);
  EXPECT_EQ(target({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                    {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"}})
                .encoding,
            Encoding::protobuf);
}

TEST(OtlpTarget, reads_compression_and_timeout) {
  EXPECT_TRUE(target({{"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}}).gzip);
  EXPECT_FALSE(target({{"OTEL_EXPORTER_OTLP_COMPRESSION", "none"}}).gzip);
  EXPECT_EQ(target({{"OTEL_EXPORTER_OTLP_TIMEOUT", "250"}}).timeout,
            std::chrono::milliseconds(250));
  // "Timeout": zero is no limit.
  EXPECT_EQ(target({{"OTEL_EXPORTER_OTLP_TIMEOUT", "0"}}).timeout, std::chrono::hours(1));
}

// "Enum" and "Numeric" of
// https://opentelemetry.io/docs/specs/otel/configuration/common/#type-specific-guidance
TEST(OtlpTarget, notes_what_makes_no_sense_and_goes_on_as_if_it_were_not_set) {
  const std::vector<std::array<const char*, 3>> cases = {
      {"PROTOCOL", "grpc", "'grpc' is ignored: not spoken; http/protobuf is"},
      {"PROTOCOL", "http/jsno", "'http/jsno' is ignored: did you mean 'http/json'?"},
      {"COMPRESSION", "zstd", "'zstd' is ignored: expected one of none, gzip"},
      {"TIMEOUT", "-1", "'-1' is ignored: expected milliseconds from 0 to 3600000"},
      {"TIMEOUT", "10s", "'10s' is ignored: expected milliseconds"},
      {"TIMEOUT", "1.5", "'1.5' is ignored: expected milliseconds"},
      {"TIMEOUT", "99999999999", "'99999999999' is ignored: expected milliseconds"},
  };
  for (const auto& [what, value, said] : cases) {
    for (const std::string prefix : {"OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_"}) {
      EXPECT_THAT(note({{prefix + what, value}}), HasSubstr(prefix + what + ": " + said));
    }
  }
}

// "Environment variables": an empty value is as good as none
// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
TEST(OtlpTarget, takes_an_empty_variable_for_none) {
  for (const char* what : {"ENDPOINT", "PROTOCOL", "COMPRESSION", "TIMEOUT", "HEADERS",
                           "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"}) {
    const Target found = target({{std::string("OTEL_EXPORTER_OTLP_TRACES_") + what, ""},
                                 {std::string("OTEL_EXPORTER_OTLP_") + what, ""}});
    EXPECT_EQ(found.url.to_string(), "http://localhost:4318/v1/traces");
    EXPECT_EQ(found.timeout, std::chrono::seconds(10));
  }
}

TEST(OtlpTarget, decodes_headers) {
  const Target found =
      target({{"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b%2Cc, x-tenant = t=1 ,"}});
  ASSERT_THAT(found.headers, SizeIs(2));
  EXPECT_EQ(found.headers[0].first, "api-key");
  EXPECT_EQ(found.headers[0].second.reveal(), "a b,c");
  EXPECT_EQ(found.headers[1].first, "x-tenant");
  EXPECT_EQ(found.headers[1].second.reveal(), "t=1");
}

TEST(OtlpTarget, never_shows_a_headers_value) {
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1,geheim"}}),
              AllOf(HasSubstr("member 2 is no header"), Not(HasSubstr("geheim"))));
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_HEADERS", "a b=geheim"}}), Not(HasSubstr("geheim")));
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_HEADERS", "key=geheim%0d%0aX: y"}}),
              AllOf(HasSubstr("key"), Not(HasSubstr("geheim"))));
}

TEST(OtlpTarget, wants_certificate_and_key_together) {
  const Target found = target({{"OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"},
                               {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/c.pem"},
                               {"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "/k.pem"}});
  EXPECT_EQ(found.tls.authorities, "/ca.pem");
  EXPECT_EQ(found.tls.certificate, "/c.pem");
  EXPECT_EQ(found.tls.key, "/k.pem");
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_CLIENT_KEY", "/k.pem"}}), HasSubstr("belong together"));
}

}  // namespace
}  // namespace spawn::otlp
