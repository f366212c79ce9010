// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/span.h"

#include <sys/wait.h>
#include <unistd.h>

#include <limits>
#include <thread>

#include "otel/test_engine.h"

namespace spawn::otel {
namespace {

namespace common = opentelemetry::common;
namespace nostd = opentelemetry::nostd;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SpanTest : public EngineTest {};

TEST_F(SpanTest, keeps_attributes_of_every_type) {
  const auto span = tracer()->StartSpan("all");
  const bool truths[] = {true, false};
  const std::int32_t small[] = {1, -2};
  const std::int64_t large[] = {3};
  const std::uint32_t unsigned_small[] = {4'000'000'000U};
  const double reals[] = {0.5};
  const nostd::string_view texts[] = {"a", "b"};
  const std::uint64_t unsigned_large[] = {1, std::numeric_limits<std::uint64_t>::max()};
  const std::uint8_t bytes[] = {1, 2, 255};
  span->SetAttribute("bool", true);
  span->SetAttribute("int32", std::int32_t{-7});
  span->SetAttribute("int64", std::int64_t{1} << 40);
  span->SetAttribute("uint32", std::uint32_t{4'000'000'000U});
  span->SetAttribute("uint64", std::uint64_t{5});
  span->SetAttribute("uint64.over", std::numeric_limits<std::uint64_t>::max());
  span->SetAttribute("double", 0.25);
  span->SetAttribute("characters", "text");
  span->SetAttribute("null", static_cast<const char*>(nullptr));
  span->SetAttribute("view", nostd::string_view("view"));
  span->SetAttribute("bools", nostd::span<const bool>(truths));
  span->SetAttribute("int32s", nostd::span<const std::int32_t>(small));
  span->SetAttribute("int64s", nostd::span<const std::int64_t>(large));
  span->SetAttribute("uint32s", nostd::span<const std::uint32_t>(unsigned_small));
  span->SetAttribute("doubles", nostd::span<const double>(reals));
  span->SetAttribute("texts", nostd::span<const nostd::string_view>(texts));
  span->SetAttribute("uint64s", nostd::span<const std::uint64_t>(unsigned_large));
  span->SetAttribute("bytes", nostd::span<const std::uint8_t>(bytes));
  span->End();
  const auto seen = only("all").attributes;
  using trace::OwnedValue;
  EXPECT_EQ(seen.at("bool"), OwnedValue(true));
  EXPECT_EQ(seen.at("int32"), OwnedValue(std::int64_t{-7}));
  EXPECT_EQ(seen.at("int64"), OwnedValue(std::int64_t{1} << 40));
  EXPECT_EQ(seen.at("uint32"), OwnedValue(std::int64_t{4'000'000'000}));
  EXPECT_EQ(seen.at("uint64"), OwnedValue(std::int64_t{5}));
  EXPECT_EQ(seen.at("uint64.over"), OwnedValue(std::string("18446744073709551615")));
  EXPECT_EQ(seen.at("double"), OwnedValue(0.25));
  EXPECT_EQ(seen.at("characters"), OwnedValue(std::string("text")));
  EXPECT_EQ(seen.at("null"), OwnedValue(std::string()));
  EXPECT_EQ(seen.at("view"), OwnedValue(std::string("view")));
  EXPECT_EQ(seen.at("bools"), OwnedValue(std::vector<bool>{true, false}));
  EXPECT_EQ(seen.at("int32s"), OwnedValue(std::vector<std::int64_t>{1, -2}));
  EXPECT_EQ(seen.at("int64s"), OwnedValue(std::vector<std::int64_t>{3}));
  EXPECT_EQ(seen.at("uint32s"), OwnedValue(std::vector<std::int64_t>{4'000'000'000}));
  EXPECT_EQ(seen.at("doubles"), OwnedValue(std::vector<double>{0.5}));
  EXPECT_EQ(seen.at("texts"), OwnedValue(std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(seen.at("uint64s"), OwnedValue(std::vector<std::string>{"1", "18446744073709551615"}));
  EXPECT_EQ(seen.at("bytes"), OwnedValue(std::string("AQL/")));
}

TEST_F(SpanTest, the_last_value_of_a_key_counts) {
  const auto span = tracer()->StartSpan("s");
  span->SetAttribute("key", 1);
  span->SetAttribute("key", "two");
  span->End();
  EXPECT_EQ(only("s").text("key"), "two");
}

TEST_F(SpanTest, keeps_what_it_is_started_with) {
  const auto linked = tracer()->StartSpan("linked");
  api::StartSpanOptions options;
  options.kind = api::SpanKind::kConsumer;
  options.start_system_time = common::SystemTimestamp(std::chrono::seconds(1'700'000'000));
  const auto span =
      tracer()->StartSpan("s", {{"a", 1}}, {{linked->GetContext(), {{"why", "batch"}}}}, options);
  span->End();
  linked->End();
  const auto seen = only("s");
  EXPECT_EQ(seen.kind, trace::SpanKind::consumer);
  EXPECT_EQ(seen.start_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(seen.text("a"), "1");
  ASSERT_THAT(seen.links, SizeIs(1));
  EXPECT_EQ(seen.links[0].span_id, only("linked").span_id);
  EXPECT_THAT(line(), HasSubstr(R"("why":"batch")"));
}

TEST_F(SpanTest, lasts_as_long_as_its_steady_times_say) {
  api::StartSpanOptions start;
  start.start_steady_time =
      common::SteadyTimestamp(std::chrono::nanoseconds(clock_.steady_ns() - 5'000'000'000));
  const auto span = tracer()->StartSpan("s", start);
  api::EndSpanOptions end;
  end.end_steady_time =
      common::SteadyTimestamp(start.start_steady_time.time_since_epoch() + std::chrono::seconds(3));
  span->End(end);
  const auto seen = only("s");
  EXPECT_EQ(seen.end_ns - seen.start_ns, 3'000'000'000);
  EXPECT_NEAR(static_cast<double>(seen.start_ns),
              static_cast<double>(clock_.now().wall_ns - 5'000'000'000), 1e9);
}

TEST_F(SpanTest, keeps_events_with_time_and_attributes) {
  const auto span = tracer()->StartSpan("s");
  span->AddEvent("plain");
  span->AddEvent("timed", common::SystemTimestamp(std::chrono::seconds(1'700'000'000)));
  span->AddEvent("full", {{"n", 3}});
  span->End();
  EXPECT_THAT(line(), HasSubstr(R"("name":"plain")"));
  EXPECT_THAT(line(), HasSubstr("2023-11-14T22:13:20"));
  EXPECT_THAT(line(), HasSubstr(R"("n":3)"));
}

// https://opentelemetry.io/docs/specs/otel/trace/api/#set-status
TEST_F(SpanTest, ok_is_final_unset_is_ignored_and_only_an_error_has_a_description) {
  const auto status = [&](const char* name, auto... calls) {
    const auto span = tracer()->StartSpan(name);
    (calls(*span), ...);
    span->End();
  };
  const auto ok = [](api::Span& span) { span.SetStatus(api::StatusCode::kOk, "no"); };
  const auto unset = [](api::Span& span) { span.SetStatus(api::StatusCode::kUnset); };
  const auto error = [](api::Span& span) { span.SetStatus(api::StatusCode::kError, "bad"); };
  status("error", error, unset);
  status("ok after error", error, ok);
  status("error after ok", ok, error);
  status("unset", unset);
  EXPECT_EQ(only("error").status, trace::StatusCode::error);
  EXPECT_EQ(only("error").status_message, "bad");
  EXPECT_EQ(only("ok after error").status, trace::StatusCode::ok);
  EXPECT_EQ(only("ok after error").status_message, "");
  EXPECT_EQ(only("error after ok").status, trace::StatusCode::ok);
  EXPECT_EQ(only("unset").status, trace::StatusCode::unset);
}

TEST_F(SpanTest, does_nothing_after_its_end) {
  const auto span = tracer()->StartSpan("s");
  span->End();
  EXPECT_FALSE(span->IsRecording());
  span->SetAttribute("late", 1);
  span->AddEvent("late");
  span->SetStatus(api::StatusCode::kError);
  span->UpdateName("late");
  span->End();
  EXPECT_TRUE(span->GetContext().IsValid());
  EXPECT_THAT(exported(), SizeIs(1));
  EXPECT_THAT(only("s").attributes, IsEmpty());
  EXPECT_EQ(only("s").status, trace::StatusCode::unset);
}

TEST_F(SpanTest, ends_when_the_last_reference_goes) {
  tracer()->StartSpan("forgotten");
  EXPECT_THAT(exported(), SizeIs(1));
}

TEST_F(SpanTest, may_outlive_the_shutdown_and_the_provider) {
  auto span = tracer()->StartSpan("late");
  EXPECT_THAT(exported(), IsEmpty());
  api::Provider::SetTracerProvider({});
  telemetry_.reset();
  span->SetAttribute("a", 1);
  span->End();
  span = nostd::shared_ptr<api::Span>();
  EXPECT_THAT(log_.spans(), IsEmpty());
}

TEST_F(SpanTest, survives_huge_and_broken_input) {
  const auto span = tracer()->StartSpan("s");
  span->SetAttribute("", "no key");
  span->SetAttribute("huge", std::string(10'000'000, 'x'));
  span->SetAttribute("broken", "\xff\xfe");
  for (int i = 0; i < 10'000; ++i) span->SetAttribute("key" + std::to_string(i), i);
  span->End();
  const auto seen = only("s");
  EXPECT_THAT(seen.attributes, SizeIs(trace::kMaxAttributes));
  EXPECT_EQ(seen.text("huge").size(), trace::kMaxValueBytes);
  EXPECT_EQ(seen.text("broken"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_F(SpanTest, may_be_used_by_many_threads_at_once) {
  const auto span = tracer()->StartSpan("shared");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&span, t] {
      for (int i = 0; i < 20; ++i) span->SetAttribute(std::to_string(t * 100 + i), i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  span->End();
  EXPECT_THAT(only("shared").attributes, SizeIs(80));
}

TEST_F(SpanTest, of_a_parent_is_not_recorded_by_a_forked_child) {
  const auto span = tracer()->StartSpan("parents");
  const pid_t child = fork();
  if (child == 0) {
    span->End();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  span->End();
  EXPECT_THAT(exported(), SizeIs(1));
}

TEST_F(SpanTest, that_is_not_sampled_records_nothing_but_has_ids) {
  start(trace::Rate::never());
  const auto span = tracer()->StartSpan("s");
  EXPECT_FALSE(span->IsRecording());
  span->SetAttribute("a", 1);
  const api::SpanContext context = span->GetContext();
  EXPECT_TRUE(context.IsValid());
  EXPECT_FALSE(context.IsSampled());
  span->End();
  EXPECT_THAT(exported(), IsEmpty());
}

}  // namespace
}  // namespace spawn::otel
