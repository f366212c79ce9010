// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::agent {
namespace {

using spawn::testing::FakeEnv;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr const char* kTraceparent = "00-65f0a1b2c3d4e5f60718293a4b5c6d7e-00f067aa0ba902b7-01";
constexpr const char* kXRay =
    "Root=1-65f0a1b2-c3d4e5f60718293a4b5c6d7e;Parent=00f067aa0ba902b7;Sampled=1;Lineage=a:1";

Inherited from(const FakeEnv& env, trace::Rate rate = trace::Rate::always()) {
  return context_from(env, rate);
}

TEST(ContextFrom, finds_nothing_in_an_empty_environment) {
  const Inherited inherited = from({{"TRACEPARENT", ""}});
  EXPECT_FALSE(inherited.context);
  EXPECT_EQ(inherited.complaint, "");
}

TEST(ContextFrom, reads_the_w3c_variables) {
  const Inherited inherited = from({{"TRACEPARENT", kTraceparent}, {"TRACESTATE", "a=1,b=2"}});
  ASSERT_TRUE(inherited.context);
  EXPECT_EQ(inherited.context->span.span_id.hex(), "00f067aa0ba902b7");
  EXPECT_TRUE(inherited.context->span.sampled());
  EXPECT_TRUE(inherited.context->span.remote);
  EXPECT_EQ(inherited.context->extras.tracestate, "a=1,b=2");
}

TEST(ContextFrom, drops_a_bad_tracestate_and_keeps_the_parent) {
  const Inherited inherited = from({{"TRACEPARENT", kTraceparent}, {"TRACESTATE", "a=1,a=2"}});
  ASSERT_TRUE(inherited.context);
  EXPECT_EQ(inherited.context->extras.tracestate, "");
}

TEST(ContextFrom, begins_a_new_trace_and_says_so_when_traceparent_is_malformed) {
  const Inherited inherited = from({{"TRACEPARENT", "00-xyz"}, {"_X_AMZN_TRACE_ID", kXRay}});
  EXPECT_FALSE(inherited.context);
  EXPECT_EQ(inherited.complaint, "TRACEPARENT is no W3C trace context; a new trace begins");
}

TEST(ContextFrom, reads_the_x_ray_variable_when_there_is_no_traceparent) {
  const Inherited inherited = from({{"_X_AMZN_TRACE_ID", kXRay}});
  ASSERT_TRUE(inherited.context);
  EXPECT_EQ(inherited.context->span.trace_id.hex(), "65f0a1b2c3d4e5f60718293a4b5c6d7e");
  EXPECT_TRUE(inherited.context->span.sampled());
  EXPECT_EQ(inherited.context->extras.xray_fields, "Lineage=a:1");
}

TEST(ContextFrom, decides_by_the_rate_where_x_ray_left_it_open) {
  const FakeEnv env{{"_X_AMZN_TRACE_ID",
                     "Root=1-65f0a1b2-c3d4e5f60718293a4b5c6d7e;Parent=00f067aa0ba902b7;Sampled=?"}};
  EXPECT_TRUE(from(env, trace::Rate::always()).context->span.sampled());
  EXPECT_FALSE(from(env, trace::Rate::never()).context->span.sampled());
}

TEST(ContextFrom, takes_a_trace_without_a_parent_as_its_beginning) {
  const Inherited inherited =
      from({{"_X_AMZN_TRACE_ID", "Root=1-65f0a1b2-c3d4e5f60718293a4b5c6d7e"}});
  ASSERT_TRUE(inherited.context);
  EXPECT_FALSE(inherited.context->span.span_id.valid());
  EXPECT_FALSE(inherited.context->span.remote);
}

TEST(ContextFrom, says_when_the_x_ray_variable_is_malformed) {
  const Inherited inherited = from({{"_X_AMZN_TRACE_ID", "Root=nonsense"}});
  EXPECT_FALSE(inherited.context);
  EXPECT_EQ(inherited.complaint, "_X_AMZN_TRACE_ID is no X-Ray trace header; a new trace begins");
}

TEST(ChildEnvironment, replaces_every_entry_of_a_name_and_no_other) {
  ChildEnvironment environment({"A=1", "AB=2", "A=3", "A"});
  environment.set("A", "new");
  EXPECT_THAT(environment.entries(), ElementsAre("AB=2", "A", "A=new"));
  environment.unset("AB");
  EXPECT_THAT(environment.entries(), ElementsAre("A", "A=new"));
}

TEST(ChildEnvironment, writes_both_spellings_of_a_context_and_leaves_baggage_alone) {
  const Inherited inherited = from({{"TRACEPARENT", kTraceparent}});
  ChildEnvironment environment({"TRACESTATE=old=1", "BAGGAGE=k=v"});
  environment.put(inherited.context->span, {"a=1", "Lineage=a:1", ""});
  EXPECT_THAT(environment.entries(),
              UnorderedElementsAre("BAGGAGE=k=v", std::string("TRACEPARENT=") + kTraceparent,
                                   "TRACESTATE=a=1", std::string("_X_AMZN_TRACE_ID=") + kXRay));
}

TEST(ChildEnvironment, leaves_no_tracestate_of_another_trace) {
  const Inherited inherited = from({{"TRACEPARENT", kTraceparent}});
  ChildEnvironment environment({"TRACESTATE=old=1"});
  environment.put(inherited.context->span, {});
  EXPECT_EQ(environment.entries().size(), 2U);
}

}  // namespace
}  // namespace spawn::agent
