// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::otlp {
namespace {

using spawn::testing::FakeEnv;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Target target(const FakeEnv& env, const char* base = nullptr) {
  auto target =
      target_from(base == nullptr ? std::nullopt : std::optional(*core::Url::parse(base)), env);
  EXPECT_TRUE(target) << target.error().message;
  return target ? *std::move(target) : Target();
}
std::string url(const FakeEnv& env, const char* base = nullptr) {
  return target(env, base).url.to_string();
}
std::string problem(const FakeEnv& env) {
  const auto target = target_from(std::nullopt, env);
  EXPECT_FALSE(target);
  return target ? "" : target.error().message;
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

TEST(OtlpTarget, knows_two_protocols_and_says_why_not_the_third) {
  EXPECT_EQ(target({{"OTEL_EXPORTER_OTLP_PROTOCOL", "HTTP/JSON"}}).encoding, Encoding::json);
  EXPECT_EQ(target({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                    {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"}})
                .encoding,
            Encoding::protobuf);
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}),
              HasSubstr("OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' is not spoken; set http/protobuf"));
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/jsno"}}),
              HasSubstr("did you mean 'http/json'?"));
}

TEST(OtlpTarget, reads_compression_and_timeout) {
  EXPECT_TRUE(target({{"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}}).gzip);
  EXPECT_FALSE(target({{"OTEL_EXPORTER_OTLP_COMPRESSION", "none"}}).gzip);
  EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"}}), HasSubstr("'zstd'"));
  EXPECT_EQ(target({{"OTEL_EXPORTER_OTLP_TIMEOUT", "250"}}).timeout,
            std::chrono::milliseconds(250));
  for (const char* bad : {"0", "-1", "10s", "99999999999"}) {
    EXPECT_THAT(problem({{"OTEL_EXPORTER_OTLP_TIMEOUT", bad}}), HasSubstr("milliseconds")) << bad;
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
