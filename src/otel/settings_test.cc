// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/version.h"

namespace spawn::otel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Settings, of_no_configuration_are_the_defaults) {
  std::vector<std::string> notes;
  const Settings settings = settings_from({}, "shop", notes);
  EXPECT_FALSE(settings.disabled);
  EXPECT_EQ(settings.rate, trace::Rate::always());
  EXPECT_TRUE(settings.parents.obey_all());
  EXPECT_FALSE(settings.limits);
  EXPECT_EQ(settings.resource.text("service.name"), "unknown_service:shop");
  EXPECT_EQ(settings.resource.text("telemetry.sdk.name"), "spawn");
  EXPECT_EQ(settings.resource.text("telemetry.sdk.language"), "cpp");
  EXPECT_EQ(settings.resource.text("telemetry.sdk.version"), core::version());
  EXPECT_THAT(notes, IsEmpty());
}

TEST(Settings, are_what_the_configuration_says) {
  otelconfig::Configuration said;
  said.disabled = {true, "OTEL_SDK_DISABLED"};
  said.sampler = {{trace::Rate::never(), false, {.remote_sampled = trace::Rate::never()}}, "here"};
  said.resource = {{"service.name", "other"}, {"shelf", std::int64_t{3}}, {"service.name", "shop"}};
  said.limits = SpanLimits{.events = 3};
  std::vector<std::string> notes;
  const Settings settings = settings_from(said, "program", notes);
  EXPECT_TRUE(settings.disabled);
  EXPECT_EQ(settings.rate, trace::Rate::never());
  EXPECT_EQ(settings.parents, said.sampler->value.parents);
  EXPECT_EQ(settings.resource.text("service.name"), "shop");
  EXPECT_EQ(*settings.resource.find("shelf"), trace::OwnedValue(std::int64_t{3}));
  EXPECT_EQ(settings.limits, said.limits);
  EXPECT_THAT(notes, IsEmpty());
}

TEST(Settings, say_that_x_rays_rules_are_not_asked_for) {
  otelconfig::Configuration said;
  said.sampler = {{trace::Rate::always(), true}, "OTEL_TRACES_SAMPLER"};
  std::vector<std::string> notes;
  EXPECT_EQ(settings_from(said, "shop", notes).rate, trace::Rate::always());
  EXPECT_THAT(notes, ElementsAre(HasSubstr("OTEL_TRACES_SAMPLER: xray is ignored")));
}

}  // namespace
}  // namespace spawn::otel
