// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Sections are those of
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
#include "otel/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/version.h"
#include "testing/fakes.h"

namespace spawn::otel {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Read {
  explicit Read(const testing::FakeEnv& env) : settings(settings_from(env, "shop", notes)) {}
  std::vector<std::string> notes;
  Settings settings;
};

TEST(Settings, of_an_empty_environment_are_the_defaults) {
  const Read read(testing::FakeEnv{});
  EXPECT_FALSE(read.settings.disabled);
  EXPECT_EQ(read.settings.rate, trace::Rate::always());
  EXPECT_TRUE(read.settings.parent_based);
  EXPECT_FALSE(read.settings.limits);
  EXPECT_EQ(read.settings.engine.queue_slots, telemetry::Options().queue_slots);
  EXPECT_EQ(read.settings.resource.text("service.name"), "unknown_service:shop");
  EXPECT_EQ(read.settings.resource.text("telemetry.sdk.name"), "spawn");
  EXPECT_EQ(read.settings.resource.text("telemetry.sdk.language"), "cpp");
  EXPECT_EQ(read.settings.resource.text("telemetry.sdk.version"), core::version());
  EXPECT_THAT(read.notes, IsEmpty());
}

// "Parsing empty value"
TEST(Settings, that_are_empty_are_not_set) {
  testing::FakeEnv env;
  for (const char* name :
       {"OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG", "OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT",
        "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_MAX_QUEUE_SIZE"}) {
    env.set(name, "");
  }
  const Read read(env);
  EXPECT_FALSE(read.settings.disabled);
  EXPECT_FALSE(read.settings.limits);
  EXPECT_EQ(read.settings.resource.text("service.name"), "unknown_service:shop");
  EXPECT_THAT(read.notes, IsEmpty());
}

// "Boolean"
TEST(Settings, are_true_for_nothing_but_true) {
  struct Case {
    const char* value;
    bool disabled;
    std::size_t notes;
  };
  for (const Case& c : {Case{"true", true, 0}, Case{"TRUE", true, 0}, Case{"false", false, 0},
                        Case{"False", false, 0}, Case{"1", false, 1}, Case{"yes", false, 1}}) {
    const Read read(testing::FakeEnv{{"OTEL_SDK_DISABLED", c.value}});
    EXPECT_EQ(read.settings.disabled, c.disabled) << c.value;
    EXPECT_THAT(read.notes, SizeIs(c.notes)) << c.value;
  }
}

// "General SDK Configuration", OTEL_TRACES_SAMPLER
TEST(Settings, name_a_sampler) {
  struct Case {
    const char* sampler;
    const char* arg;
    double rate;
    bool parent_based;
    std::size_t notes;
  };
  for (const Case& c : {
           Case{"always_on", "", 1, false, 0},
           Case{"always_off", "", 0, false, 0},
           Case{"traceidratio", "0.25", 0.25, false, 0},
           Case{"traceidratio", "", 1, false, 0},
           Case{"parentbased_always_on", "0.25", 1, true, 0},
           Case{"parentbased_always_off", "", 0, true, 0},
           Case{"ParentBased_TraceIdRatio", "0.25", 0.25, true, 0},
           // What is no probability is as if it were not set.
           Case{"traceidratio", "1.5", 1, false, 1},
           Case{"traceidratio", "-0.1", 1, false, 1},
           Case{"traceidratio", "nan", 1, false, 1},
           Case{"traceidratio", "ten percent", 1, false, 1},
           // "Enum": what is not recognised is ignored.
           Case{"jaeger_remote", "", 1, true, 1},
           Case{"parentbased_", "", 1, true, 1},
       }) {
    const Read read(
        testing::FakeEnv{{"OTEL_TRACES_SAMPLER", c.sampler}, {"OTEL_TRACES_SAMPLER_ARG", c.arg}});
    EXPECT_EQ(read.settings.rate.value(), c.rate) << c.sampler << ' ' << c.arg;
    EXPECT_EQ(read.settings.parent_based, c.parent_based) << c.sampler;
    EXPECT_THAT(read.notes, SizeIs(c.notes)) << c.sampler << ' ' << c.arg;
  }
}

// "Attribute Limits", "Span Limits"
TEST(Settings, limit_spans) {
  const Read read(testing::FakeEnv{{"OTEL_ATTRIBUTE_COUNT_LIMIT", "10"},
                                   {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "100"},
                                   {"OTEL_SPAN_EVENT_COUNT_LIMIT", "0"},
                                   {"OTEL_SPAN_LINK_COUNT_LIMIT", "3"},
                                   {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "4"},
                                   {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "5"}});
  EXPECT_EQ(read.settings.limits, (SpanLimits{.attributes = 10,
                                              .events = 0,
                                              .links = 3,
                                              .attributes_of_event = 4,
                                              .attributes_of_link = 5,
                                              .characters = 100}));
  const Read spans(testing::FakeEnv{{"OTEL_ATTRIBUTE_COUNT_LIMIT", "10"},
                                    {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "20"},
                                    {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "100"},
                                    {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "200"}});
  EXPECT_EQ(spans.settings.limits, (SpanLimits{.attributes = 20, .characters = 200}));
}

// "Numeric": a bad one is not set.
TEST(Settings, with_bad_numbers_are_not_set) {
  for (const char* value : {"-1", "ten", "1.5", "1e3", "99999999999999999999"}) {
    const Read read(testing::FakeEnv{{"OTEL_SPAN_LINK_COUNT_LIMIT", value}});
    EXPECT_FALSE(read.settings.limits) << value;
    EXPECT_THAT(read.notes, ElementsAre(HasSubstr("OTEL_SPAN_LINK_COUNT_LIMIT"))) << value;
  }
}

TEST(Settings, cannot_ask_for_more_than_a_span_can_hold) {
  const Read read(testing::FakeEnv{{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1000"}});
  EXPECT_FALSE(read.settings.limits);
  EXPECT_THAT(read.notes, ElementsAre("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 1000 is more than there is "
                                      "room for; it is 128"));
}

// "Batch Span Processor"
TEST(Settings, tell_when_spans_go) {
  const Read read(testing::FakeEnv{{"OTEL_BSP_SCHEDULE_DELAY", "100"},
                                   {"OTEL_BSP_EXPORT_TIMEOUT", "200"},
                                   {"OTEL_BSP_MAX_QUEUE_SIZE", "1000"},
                                   {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "512"}});
  EXPECT_EQ(read.settings.engine.schedule_delay, milliseconds(100));
  EXPECT_EQ(read.settings.engine.export_timeout, milliseconds(200));
  EXPECT_EQ(read.settings.engine.queue_slots, 1000U);
  EXPECT_EQ(read.settings.engine.batch_spans, 512U);
  EXPECT_THAT(read.notes, IsEmpty());
  // A batch is never larger than the queue.
  const Read small(testing::FakeEnv{{"OTEL_BSP_MAX_QUEUE_SIZE", "10"},
                                    {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "20"}});
  EXPECT_EQ(small.settings.engine.batch_spans, 10U);
  EXPECT_THAT(small.notes, ElementsAre(HasSubstr("OTEL_BSP_MAX_EXPORT_BATCH_SIZE")));
  const Read none(
      testing::FakeEnv{{"OTEL_BSP_MAX_QUEUE_SIZE", "0"}, {"OTEL_BSP_SCHEDULE_DELAY", "-5"}});
  EXPECT_EQ(none.settings.engine.queue_slots, telemetry::Options().queue_slots);
  EXPECT_EQ(none.settings.engine.schedule_delay, telemetry::Options().schedule_delay);
  EXPECT_THAT(none.notes, SizeIs(2));
}

// https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
TEST(Settings, describe_the_resource) {
  const Read read(testing::FakeEnv{
      {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other, team = a%2Cb%3Dc%20d ,empty=,"},
      {"OTEL_SERVICE_NAME", "checkout"}});
  EXPECT_EQ(read.settings.resource.text("service.name"), "checkout");
  EXPECT_EQ(read.settings.resource.text("team"), "a,b=c d");
  EXPECT_NE(read.settings.resource.find("empty"), nullptr);
  EXPECT_THAT(read.notes, IsEmpty());
  const Read named(testing::FakeEnv{{"OTEL_RESOURCE_ATTRIBUTES", "service.name=other"}});
  EXPECT_EQ(named.settings.resource.text("service.name"), "other");
}

TEST(Settings, drop_resource_attributes_as_a_whole_when_one_is_wrong) {
  for (const char* list : {"a=1,b", "a=1,=2", "a=1,b=%2", "a=1,b=%zz", "a=1,%=2"}) {
    const Read read(testing::FakeEnv{{"OTEL_RESOURCE_ATTRIBUTES", list}});
    EXPECT_EQ(read.settings.resource.find("a"), nullptr) << list;
    EXPECT_THAT(read.notes, ElementsAre(HasSubstr("OTEL_RESOURCE_ATTRIBUTES"))) << list;
  }
}

}  // namespace
}  // namespace spawn::otel
