// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Sections are those of
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
#include "otelconfig/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::otelconfig {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using trace::SpanLimits;
using Kind = Exporter::Kind;

struct Read {
  explicit Read(const testing::FakeEnv& env) : settings(read_environment(env, notes)) {}

  // The last one counts.
  [[nodiscard]] std::string attribute(std::string_view key) const {
    std::string found = "absent";
    for (const auto& [name, value] : settings.resource) {
      if (name == key) found = std::get<std::string>(value);
    }
    return found;
  }

  std::vector<std::string> notes;
  Configuration settings;
};

TEST(Environment, says_nothing_when_it_is_empty) {
  const Read read(testing::FakeEnv{});
  EXPECT_FALSE(read.settings.from_file);
  EXPECT_FALSE(read.settings.disabled);
  EXPECT_FALSE(read.settings.exporters);
  EXPECT_FALSE(read.settings.sampler);
  EXPECT_THAT(read.settings.resource, IsEmpty());
  EXPECT_FALSE(read.settings.limits);
  EXPECT_EQ(read.settings.engine, telemetry::Options());
  EXPECT_FALSE(read.settings.propagators);
  EXPECT_THAT(read.notes, IsEmpty());
}

// "Parsing empty value"
TEST(Environment, takes_an_empty_variable_for_none) {
  testing::FakeEnv env;
  for (const char* name :
       {"OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG", "OTEL_TRACES_EXPORTER", "OTEL_PROPAGATORS",
        "OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_BSP_SCHEDULE_DELAY",
        "OTEL_BSP_MAX_QUEUE_SIZE"}) {
    env.set(name, "");
  }
  const Read read(env);
  EXPECT_FALSE(read.settings.disabled);
  EXPECT_FALSE(read.settings.exporters);
  EXPECT_FALSE(read.settings.sampler);
  EXPECT_FALSE(read.settings.limits);
  EXPECT_FALSE(read.settings.propagators);
  EXPECT_THAT(read.settings.resource, IsEmpty());
  EXPECT_THAT(read.notes, IsEmpty());
}

// "Boolean"
TEST(Environment, is_true_for_nothing_but_true) {
  struct Case {
    const char* value;
    bool disabled;
    std::size_t notes;
  };
  for (const Case& c : {Case{"true", true, 0}, Case{"TRUE", true, 0}, Case{"false", false, 0},
                        Case{"False", false, 0}, Case{"1", false, 1}, Case{"yes", false, 1}}) {
    const Read read(testing::FakeEnv{{"OTEL_SDK_DISABLED", c.value}});
    EXPECT_EQ(read.settings.disabled && read.settings.disabled->value, c.disabled) << c.value;
    EXPECT_THAT(read.notes, SizeIs(c.notes)) << c.value;
  }
}

// "General SDK Configuration", OTEL_TRACES_SAMPLER
TEST(Environment, names_a_sampler) {
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
       }) {
    const Read read(
        testing::FakeEnv{{"OTEL_TRACES_SAMPLER", c.sampler}, {"OTEL_TRACES_SAMPLER_ARG", c.arg}});
    ASSERT_TRUE(read.settings.sampler) << c.sampler;
    const Sampler& sampler = read.settings.sampler->value;
    EXPECT_EQ(sampler.root.value(), c.rate) << c.sampler << ' ' << c.arg;
    EXPECT_EQ(sampler.parents,
              c.parent_based ? trace::ParentRates() : trace::ParentRates::all(sampler.root))
        << c.sampler;
    EXPECT_FALSE(sampler.remote);
    EXPECT_THAT(read.notes, SizeIs(c.notes)) << c.sampler << ' ' << c.arg;
  }
  // "Enum": what is not recognised is ignored.
  for (const char* name : {"jaeger_remote", "parentbased_"}) {
    const Read read(testing::FakeEnv{{"OTEL_TRACES_SAMPLER", name}});
    EXPECT_FALSE(read.settings.sampler) << name;
    EXPECT_THAT(read.notes, ElementsAre(HasSubstr("OTEL_TRACES_SAMPLER"))) << name;
  }
  EXPECT_TRUE(
      Read(testing::FakeEnv{{"OTEL_TRACES_SAMPLER", "xray"}}).settings.sampler->value.remote);
}

// "Exporter Selection"
TEST(Environment, chooses_exporters) {
  const auto kinds = [](const char* names) {
    const Read read(testing::FakeEnv{{"OTEL_TRACES_EXPORTER", names}});
    std::vector<Kind> found;
    for (const Exporter& one : read.settings.exporters->value) found.push_back(one.kind);
    return found;
  };
  EXPECT_THAT(kinds("otlp"), ElementsAre(Kind::otlp));
  EXPECT_THAT(kinds("Console, xray ,local,xray"),
              ElementsAre(Kind::console, Kind::xray, Kind::local));
  EXPECT_THAT(kinds("none"), IsEmpty());
  EXPECT_THAT(kinds("none,otlp"), ElementsAre(Kind::otlp));
  const Read unknown(testing::FakeEnv{{"OTEL_TRACES_EXPORTER", "zipkin"}});
  EXPECT_FALSE(unknown.settings.exporters);
  EXPECT_THAT(unknown.notes, ElementsAre(HasSubstr("OTEL_TRACES_EXPORTER: 'zipkin' is ignored")));
}

// "General SDK Configuration", OTEL_PROPAGATORS
TEST(Environment, names_propagators_once_each) {
  const auto names = [](const char* list) {
    return Read(testing::FakeEnv{{"OTEL_PROPAGATORS", list}}).settings.propagators->value;
  };
  EXPECT_THAT(names("xray, TraceContext,b3,xray"), ElementsAre("xray", "tracecontext", "b3"));
  EXPECT_THAT(names("none"), IsEmpty());
}

// "Attribute Limits", "Span Limits"
TEST(Environment, limits_spans) {
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
TEST(Environment, takes_a_bad_number_for_none) {
  for (const char* value : {"-1", "ten", "1.5", "1e3", "99999999999999999999"}) {
    const Read read(testing::FakeEnv{{"OTEL_SPAN_LINK_COUNT_LIMIT", value}});
    EXPECT_FALSE(read.settings.limits) << value;
    EXPECT_THAT(read.notes, ElementsAre(HasSubstr("OTEL_SPAN_LINK_COUNT_LIMIT"))) << value;
  }
}

TEST(Environment, cannot_ask_for_more_than_a_span_can_hold) {
  const Read read(testing::FakeEnv{{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1000"}});
  EXPECT_FALSE(read.settings.limits);
  EXPECT_THAT(read.notes, ElementsAre("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 1000 is more than there is "
                                      "room for; it is 128"));
}

// "Batch Span Processor"
TEST(Environment, tells_when_spans_go) {
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
  // "Timeout": 0 is no limit.
  EXPECT_GE(Read(testing::FakeEnv{{"OTEL_BSP_EXPORT_TIMEOUT", "0"}}).settings.engine.export_timeout,
            std::chrono::hours(1));
  const Read none(
      testing::FakeEnv{{"OTEL_BSP_MAX_QUEUE_SIZE", "0"}, {"OTEL_BSP_SCHEDULE_DELAY", "-5"}});
  EXPECT_EQ(none.settings.engine.queue_slots, telemetry::Options().queue_slots);
  EXPECT_EQ(none.settings.engine.schedule_delay, telemetry::Options().schedule_delay);
  EXPECT_THAT(none.notes, SizeIs(2));
}

// https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
TEST(Environment, describes_the_resource) {
  const Read read(testing::FakeEnv{
      {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other, team = a%2Cb%3Dc%20d ,empty=,"},
      {"OTEL_SERVICE_NAME", "checkout"}});
  EXPECT_EQ(read.attribute("service.name"), "checkout");
  EXPECT_EQ(read.attribute("team"), "a,b=c d");
  EXPECT_EQ(read.attribute("empty"), "");
  EXPECT_THAT(read.notes, IsEmpty());
  const Read named(testing::FakeEnv{{"OTEL_RESOURCE_ATTRIBUTES", "service.name=other"}});
  EXPECT_EQ(named.attribute("service.name"), "other");
}

TEST(Environment, drops_resource_attributes_as_a_whole_when_one_is_wrong) {
  for (const char* list : {"a=1,b", "a=1,=2", "a=1,b=%2", "a=1,b=%zz", "a=1,%=2"}) {
    const Read read(testing::FakeEnv{{"OTEL_RESOURCE_ATTRIBUTES", list}});
    EXPECT_THAT(read.settings.resource, IsEmpty()) << list;
    EXPECT_THAT(read.notes, ElementsAre(HasSubstr("OTEL_RESOURCE_ATTRIBUTES"))) << list;
  }
}

}  // namespace
}  // namespace spawn::otelconfig
