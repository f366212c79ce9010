// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/settings.h"

#include <gtest/gtest.h>

#include "core/version.h"

namespace spawn::otel {
namespace {

TEST(Settings, of_no_configuration_are_the_defaults) {
  const Settings settings = settings_from({}, "shop");
  EXPECT_FALSE(settings.disabled);
  EXPECT_EQ(settings.rate, trace::Rate::always());
  EXPECT_TRUE(settings.parents.obey_all());
  EXPECT_FALSE(settings.limits);
  EXPECT_EQ(settings.resource.text("service.name"), "unknown_service:shop");
  EXPECT_EQ(settings.resource.text("telemetry.sdk.name"), "spawn");
  EXPECT_EQ(settings.resource.text("telemetry.sdk.language"), "cpp");
  EXPECT_EQ(settings.resource.text("telemetry.sdk.version"), core::version());
}

TEST(Settings, are_what_the_configuration_says) {
  otelconfig::Configuration said;
  said.disabled = {true, "OTEL_SDK_DISABLED"};
  said.sampler = {{trace::Rate::never(), false, {.remote_sampled = trace::Rate::never()}}, "here"};
  said.resource = {{"service.name", "other"}, {"shelf", std::int64_t{3}}, {"service.name", "shop"}};
  said.limits = SpanLimits{.events = 3};
  const Settings settings = settings_from(said, "program");
  EXPECT_TRUE(settings.disabled);
  EXPECT_EQ(settings.rate, trace::Rate::never());
  EXPECT_EQ(settings.parents, said.sampler->value.parents);
  EXPECT_EQ(settings.resource.text("service.name"), "shop");
  EXPECT_EQ(*settings.resource.find("shelf"), trace::OwnedValue(std::int64_t{3}));
  EXPECT_EQ(settings.limits, said.limits);
}

TEST(Settings, leave_roots_to_x_rays_rules_where_the_configuration_does) {
  otelconfig::Configuration said;
  said.sampler = {{trace::Rate::always(), true}, "OTEL_TRACES_SAMPLER"};
  EXPECT_TRUE(settings_from(said, "shop").remote);
  said.sampler->value.remote = false;
  EXPECT_FALSE(settings_from(said, "shop").remote);
}

}  // namespace
}  // namespace spawn::otel
