// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/propagators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opentelemetry/baggage/baggage_context.h>
#include <opentelemetry/trace/context.h>

#include <map>

#include "otel/context_span.h"
#include "testing/fakes.h"

namespace spawn::otel {
namespace {

namespace nostd = opentelemetry::nostd;
using opentelemetry::context::Context;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class Headers final : public propagation::TextMapCarrier {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<const std::string, std::string>> given) : values(given) {}
  [[nodiscard]] nostd::string_view Get(nostd::string_view key) const noexcept override {
    const auto at = values.find(std::string(key));
    return at != values.end() ? nostd::string_view(at->second) : nostd::string_view();
  }
  void Set(nostd::string_view key, nostd::string_view value) noexcept override {
    values[std::string(key)] = std::string(value);
  }
  std::map<std::string, std::string> values;
};

// Out of one carrier, into another.
std::map<std::string, std::string> passed_on(propagation::TextMapPropagator& propagator,
                                             const Headers& in) {
  Context empty;
  Headers out;
  propagator.Inject(out, propagator.Extract(in, empty));
  return out.values;
}

constexpr char kParent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContextPropagator, passes_on_what_it_gets) {
  TraceContextPropagator propagator;
  EXPECT_THAT(passed_on(propagator, {{"traceparent", kParent}, {"tracestate", "a=1,b=2"}}),
              UnorderedElementsAre(Pair("traceparent", kParent), Pair("tracestate", "a=1,b=2")));
}

// https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
TEST(TraceContextPropagator, keeps_the_random_flag) {
  TraceContextPropagator propagator;
  constexpr char kRandom[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";
  EXPECT_THAT(passed_on(propagator, {{"traceparent", kRandom}}),
              ElementsAre(Pair("traceparent", kRandom)));
}

// Grammar of June 2026: OpenTelemetry C++ 1.19 drops the whole header for such a key.
TEST(TraceContextPropagator, keeps_keys_that_the_packaged_one_drops) {
  TraceContextPropagator propagator;
  const std::string state = "foo@=1,bar@baz@=2";
  EXPECT_THAT(passed_on(propagator, {{"traceparent", kParent}, {"tracestate", state}}),
              UnorderedElementsAre(Pair("traceparent", kParent), Pair("tracestate", state)));
}

TEST(TraceContextPropagator, ignores_what_is_malformed) {
  TraceContextPropagator propagator;
  EXPECT_THAT(passed_on(propagator, {{"traceparent", "00-zz"}}), IsEmpty());
  EXPECT_THAT(passed_on(propagator, {{"tracestate", "a=1"}}), IsEmpty());
  EXPECT_THAT(passed_on(propagator, {{"traceparent", kParent}, {"tracestate", "a=1,a=2"}}),
              ElementsAre(Pair("traceparent", kParent)));
}

TEST(TraceContextPropagator, what_it_reads_is_remote) {
  TraceContextPropagator propagator;
  Context empty;
  const Context context = propagator.Extract(Headers{{"traceparent", kParent}}, empty);
  EXPECT_TRUE(api::GetSpan(context)->GetContext().IsRemote());
}

TEST(XRayPropagator, passes_on_what_it_gets_unknown_fields_too) {
  XRayPropagator propagator;
  constexpr char kHeader[] =
      "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1;Lineage=a87bd80c:"
      "1|68fd508a:5";
  for (const char* name : {"x-amzn-trace-id", "X-Amzn-Trace-Id"}) {
    EXPECT_THAT(passed_on(propagator, {{name, kHeader}}),
                ElementsAre(Pair("x-amzn-trace-id", kHeader)));
  }
}

TEST(XRayPropagator, takes_an_undecided_header_as_not_sampled) {
  XRayPropagator propagator;
  for (const char* sampled : {"Sampled=?", "Sampled=0", "Foo=1"}) {
    Context empty;
    const Context context = propagator.Extract(
        Headers{{"x-amzn-trace-id",
                 std::string("Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;") +
                     sampled}},
        empty);
    EXPECT_TRUE(api::GetSpan(context)->GetContext().IsValid());
    EXPECT_FALSE(api::GetSpan(context)->GetContext().IsSampled());
  }
}

TEST(XRayPropagator, ignores_a_header_without_a_parent) {
  XRayPropagator propagator;
  EXPECT_THAT(
      passed_on(propagator, {{"x-amzn-trace-id", "Root=1-0af76519-16cd43dd8448eb211c80319c"}}),
      IsEmpty());
}

using Names = otelconfig::Said<std::vector<std::string>>;

TEST(Propagator, is_the_w3c_one_with_baggage_unless_said_otherwise) {
  std::vector<std::string> notes;
  const auto propagator = propagator_from(std::nullopt, notes);
  EXPECT_THAT(passed_on(*propagator, {{"traceparent", kParent}, {"baggage", "k=v"}}),
              UnorderedElementsAre(Pair("traceparent", kParent), Pair("baggage", "k=v")));
  EXPECT_THAT(notes, IsEmpty());
}

TEST(Propagator, may_be_several_and_says_what_it_does_not_know) {
  std::vector<std::string> notes;
  const auto propagator =
      propagator_from(Names{{"xray", "tracecontext", "b3"}, "OTEL_PROPAGATORS"}, notes);
  const auto out = passed_on(*propagator, {{"traceparent", kParent}});
  EXPECT_EQ(out.count("traceparent"), 1U);
  EXPECT_EQ(out.count("x-amzn-trace-id"), 1U);
  EXPECT_THAT(notes, ElementsAre("OTEL_PROPAGATORS: 'b3' is not known; known are tracecontext, "
                                 "baggage, xray, none"));
}

TEST(Propagator, may_be_none) {
  std::vector<std::string> notes;
  const auto propagator = propagator_from(Names{{}, "OTEL_PROPAGATORS"}, notes);
  EXPECT_THAT(passed_on(*propagator, {{"traceparent", kParent}}), IsEmpty());
  EXPECT_THAT(notes, IsEmpty());
}

}  // namespace
}  // namespace spawn::otel
