// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/environment_carrier.h"

#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::otel {
namespace {

// https://opentelemetry.io/docs/specs/otel/context/env-carriers/#key-name-normalization
TEST(EnvironmentCarrier, spells_names_as_the_specification_says) {
  EXPECT_EQ(EnvironmentCarrier::variable_name("traceparent"), "TRACEPARENT");
  EXPECT_EQ(EnvironmentCarrier::variable_name("x-amzn-trace-id"), "X_AMZN_TRACE_ID");
  EXPECT_EQ(EnvironmentCarrier::variable_name("b3"), "B3");
  EXPECT_EQ(EnvironmentCarrier::variable_name("3b"), "_3B");
  EXPECT_EQ(EnvironmentCarrier::variable_name(""), "_");
}

TEST(EnvironmentCarrier, gives_what_was_set_when_it_was_made) {
  const EnvironmentCarrier carrier(testing::FakeEnv{{"TRACEPARENT", "00-a=b"}, {"OTHER", ""}});
  EXPECT_EQ(carrier.Get("traceparent"), "00-a=b");
  EXPECT_EQ(carrier.Get("other"), "");
  EXPECT_EQ(carrier.Get("tracestate"), "");
}

TEST(EnvironmentCarrier, finds_x_rays_header_under_lambdas_name_too) {
  const EnvironmentCarrier lambda(testing::FakeEnv{{"_X_AMZN_TRACE_ID", "Root=1"}});
  EXPECT_EQ(lambda.Get("x-amzn-trace-id"), "Root=1");
  const EnvironmentCarrier both(
      testing::FakeEnv{{"_X_AMZN_TRACE_ID", "Root=1"}, {"X_AMZN_TRACE_ID", "Root=2"}});
  EXPECT_EQ(both.Get("x-amzn-trace-id"), "Root=2");
}

TEST(EnvironmentCarrier, is_not_written) {
  EnvironmentCarrier carrier(testing::FakeEnv{{"TRACEPARENT", "a"}});
  carrier.Set("traceparent", "b");
  EXPECT_EQ(carrier.Get("traceparent"), "a");
}

}  // namespace
}  // namespace spawn::otel
