// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/child_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace spawn::intake {
namespace {

using Variables = std::map<std::string, std::string>;
using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

constexpr const char* kEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
constexpr const char* kDaemon = "AWS_XRAY_DAEMON_ADDRESS";

// What is set, on top of what is there.
Variables set_beside(const Variables& there, std::uint16_t port = 4711,
                     const std::string& token = "0123456789abcdef0123456789abcdef") {
  Variables set;
  for (auto& [name, value] : child_variables(port, token, [&](std::string_view name) {
         const auto found = there.find(std::string(name));
         return found == there.end() ? "" : found->second;
       })) {
    EXPECT_TRUE(set.emplace(name, value).second) << name << " twice";
  }
  return set;
}

TEST(ChildVariables, tell_where_everything_goes) {
  EXPECT_EQ(set_beside({}),
            (Variables{{"AWS_CSM_ENABLED", "true"},
                       {"AWS_CSM_HOST", "127.0.0.1"},
                       {"AWS_CSM_PORT", "4711"},
                       {"AWS_CSM_CLIENT_ID", "0123456789abcdef0123456789abcdef"},
                       {kDaemon, "127.0.0.1:4711"},
                       {kEndpoint, "http://127.0.0.1:4711/spawn/0123456789abcdef0123456789abcdef"},
                       {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"},
                       {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://localhost:4318/v1/metrics"},
                       {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://localhost:4318/v1/logs"}}));
}

TEST(ChildVariables, leave_traces_alone_that_go_elsewhere) {
  for (const Variables& there : {
           Variables{{kEndpoint, "http://collector:4318"}},
           Variables{{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector:4318/v1/traces"}},
           Variables{{"OTEL_TRACES_EXPORTER", "none"}},
           Variables{{"OTEL_TRACES_EXPORTER", "console,zipkin"}},
           Variables{{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}},
           Variables{{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"}},
           Variables{{"OTEL_SDK_DISABLED", "TRUE"}},
           Variables{{"OTEL_CONFIG_FILE", "otel.yaml"}},
           Variables{{"OTEL_EXPERIMENTAL_CONFIG_FILE", "otel.yaml"}},
       }) {
    const Variables set = set_beside(there);
    for (const auto& [name, value] : set) EXPECT_NE(name.substr(0, 5), "OTEL_") << name;
    EXPECT_THAT(set, Contains(Pair(kDaemon, "127.0.0.1:4711"))) << "X-Ray SDKs come all the same";
  }
}

TEST(ChildVariables, come_beside_settings_that_fit) {
  for (const Variables& there : {Variables{{"OTEL_TRACES_EXPORTER", "console, OTLP"}},
                                 Variables{{"OTEL_SDK_DISABLED", "false"}},
                                 Variables{{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}},
                                 Variables{{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"},
                                           {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}},
                                 Variables{{"OTEL_EXPORTER_OTLP_HEADERS", "a=b"}}}) {
    EXPECT_THAT(set_beside(there), Contains(Key(kEndpoint)));
  }
  EXPECT_THAT(set_beside({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}}),
              Not(Contains(Key("OTEL_EXPORTER_OTLP_PROTOCOL"))));
  EXPECT_THAT(set_beside({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m:1/"}}),
              Not(Contains(Key("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"))));
}

TEST(ChildVariables, leave_a_daemon_alone_that_somebody_chose) {
  EXPECT_THAT(set_beside({{kDaemon, "127.0.0.1:2000"}}), Not(Contains(Key(kDaemon))));
  EXPECT_THAT(set_beside({{kDaemon, "udp:127.0.0.1:2000 tcp:127.0.0.1:2001"}}),
              Not(Contains(Key(kDaemon))));
}

TEST(ChildVariables, take_the_place_of_an_outer_runs) {
  const Variables outer = set_beside({}, 1234, "ffffffffffffffffffffffffffffffff");
  const Variables inner = set_beside(outer);
  EXPECT_THAT(inner, Contains(Pair(kDaemon, "127.0.0.1:4711")));
  EXPECT_THAT(inner, Contains(Pair(kEndpoint, ::testing::StartsWith("http://127.0.0.1:4711/"))));
  EXPECT_THAT(inner, Contains(Pair("AWS_CSM_PORT", "4711")));
}

}  // namespace
}  // namespace spawn::intake
