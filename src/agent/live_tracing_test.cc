// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/live_tracing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "testing/fakes.h"
#include "trace/attributes.h"

namespace spawn::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kHour = 3'600'000'000'000;

class LiveTracingTest : public ::testing::Test {
 protected:
  config::Settings settings(const config::Tags& tags) {
    const testing::FakeEnv env;
    auto settings = config::resolve({"/no/such/file", false, {}, false, tags}, env);
    EXPECT_TRUE(settings) << settings.error().message;
    return std::move(*settings);
  }
  void apply(const config::Tags& tags) {
    seen_ns_ = clock_.now().wall_ns;
    ASSERT_TRUE(tracing_.apply(settings(tags), seen_ns_));
  }
  std::vector<std::string> sent_to(const std::string& where) {
    EXPECT_TRUE(tracing_.flush(core::Deadline::never()));
    std::vector<std::string> names;
    for (const auto& span : logs_[where].spans()) names.push_back(span.name);
    return names;
  }
  telemetry::Span start(std::string_view name) {
    trace::SpanContext parent = tracing_.fresh_ids();
    parent.span_id = {};
    parent.flags = tracing_.on() ? trace::kSampled : 0;
    return tracing_.tracer().start_child_of(parent, nullptr, name);
  }
  void release() {
    tracing_.release([](const trace::SpanRecord&) { return true; });
  }
  static config::Tags on(const std::string& exporter) {
    return {{"spawn:tracing-enabled", "true"},
            {"spawn:tracing-sampling", "1"},
            {"spawn:tracing-exporter", exporter}};
  }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  std::map<std::string, testing::SpanLog> logs_;
  int made_ = 0;
  bool in_progress_ = false;  // the sinks take what has not ended
  std::int64_t seen_ns_ = 0;
  LiveTracing tracing_{
      [this](const config::Settings& settings) -> core::Result<std::vector<telemetry::NamedSink>> {
        ++made_;
        std::vector<telemetry::NamedSink> sinks;
        for (const auto exporter : settings.exporters.value) {
          const std::string name(config::to_string(exporter));
          sinks.push_back({name, std::make_unique<testing::CollectingSink>(logs_[name])});
          sinks.back().in_progress = in_progress_;
        }
        return sinks;
      },
      fixed_sampling, trace::Resource(), clock_, rng_};
};

TEST_F(LiveTracingTest, a_span_that_is_open_during_a_change_goes_where_its_end_finds_us) {
  apply(on("xray"));
  release();
  { const telemetry::Span early = start("early"); }
  {
    const telemetry::Span open = start("open");
    apply(on("stdout"));
  }
  EXPECT_THAT(sent_to("xray"), ElementsAre("early"));
  EXPECT_THAT(sent_to("stdout"), ElementsAre("open"));
}

TEST_F(LiveTracingTest, what_opentelemetrys_configuration_says_of_exporters_is_followed) {
  config::Settings now = settings(on("otlp"));
  const auto makes_new_sinks = [&] {
    const int before = made_;
    EXPECT_TRUE(tracing_.apply(now, clock_.now().wall_ns));
    return made_ > before;
  };
  EXPECT_TRUE(makes_new_sinks());
  EXPECT_FALSE(makes_new_sinks());
  now.otel.limits = trace::SpanLimits{.events = 1};
  EXPECT_TRUE(makes_new_sinks());
  now.otel.engine.batch_spans = 7;
  EXPECT_TRUE(makes_new_sinks());
  otlp::Target target{otlp::traces_url(std::nullopt)};
  now.otel.exporters = {{{otelconfig::Exporter::Kind::otlp, target}}, "otel.yaml:1"};
  EXPECT_TRUE(makes_new_sinks());
  EXPECT_FALSE(makes_new_sinks());
  target.headers.emplace_back("key", core::Secret("value"));
  now.otel.exporters->value.front().otlp = target;
  EXPECT_TRUE(makes_new_sinks());
}

TEST_F(LiveTracingTest, what_is_open_for_long_is_shown_meanwhile_wherever_spans_go_by_then) {
  in_progress_ = true;
  apply(on("xray"));
  release();
  telemetry::Span span = start("workload");
  clock_.advance(std::chrono::seconds(20));
  EXPECT_THAT(sent_to("xray"), ElementsAre("workload"));
  EXPECT_TRUE(logs_["xray"].only("workload").in_progress);
  apply(on("otlp"));
  EXPECT_THAT(sent_to("otlp"), ElementsAre("workload"));
  EXPECT_TRUE(logs_["otlp"].only("workload").in_progress);
  span.end();
  EXPECT_THAT(sent_to("otlp"), ElementsAre("workload", "workload"));
  EXPECT_FALSE(logs_["otlp"].spans().back().in_progress);
  clock_.advance(std::chrono::hours(1));
  EXPECT_THAT(sent_to("xray"), ElementsAre("workload"));
}

TEST_F(LiveTracingTest, what_is_open_when_it_is_switched_off_is_not_lost_and_nothing_new_begins) {
  apply(on("xray"));
  release();
  {
    const telemetry::Span open = start("open");
    apply({{"spawn:tracing-enabled", "false"}});
    EXPECT_FALSE(tracing_.on());
    const telemetry::Span late = start("late");
  }
  EXPECT_THAT(sent_to("xray"), ElementsAre("open"));
}

TEST_F(LiveTracingTest, holds_spans_until_it_is_known_which_trace_they_belong_to) {
  { const telemetry::Span early = start("unsampled, as tracing is not on yet"); }
  trace::SpanContext provisional = tracing_.fresh_ids();
  provisional.flags = trace::kSampled;
  for (const char* name : {"DynamoDB.GetItem", "dropped"}) {
    const telemetry::Span span = tracing_.tracer().start_child_of(provisional, nullptr, name);
  }
  apply(on("xray"));
  EXPECT_THAT(sent_to("xray"), IsEmpty());
  const trace::TraceId real{1, 2};
  tracing_.release([&](trace::SpanRecord& record) {
    record.trace_id = real;
    return record.name() != "dropped";
  });
  EXPECT_THAT(sent_to("xray"), ElementsAre("DynamoDB.GetItem"));
  EXPECT_EQ(logs_["xray"].only("DynamoDB.GetItem").trace_id, real);
}

TEST_F(LiveTracingTest, every_span_carries_what_all_carry) {
  apply(on("xray"));
  release();
  tracing_.add_to_all(trace::key::kInstanceId, std::string("i-1"));
  { const telemetry::Span span = start("plain"); }
  {
    telemetry::Span span = start("its own");
    span.set(trace::key::kInstanceId, "i-2");
  }
  ASSERT_TRUE(tracing_.flush(core::Deadline::never()));
  EXPECT_EQ(logs_["xray"].only("plain").text("spawn.instance_id"), "i-1");
  EXPECT_EQ(logs_["xray"].only("its own").text("spawn.instance_id"), "i-2");
}

TEST_F(LiveTracingTest, makes_sinks_only_when_they_are_needed_or_others) {
  apply({});
  EXPECT_EQ(made_, 0);
  apply(on("xray"));
  apply(on("xray"));
  apply({{"spawn:tracing-enabled", "false"}});
  apply(on("xray"));
  EXPECT_EQ(made_, 1);
  auto elsewhere = on("xray");
  elsewhere["spawn:tracing-endpoint"] = "http://127.0.0.1:1";
  apply(elsewhere);
  EXPECT_EQ(made_, 2);
}

TEST_F(LiveTracingTest, is_on_within_its_window_only) {
  auto tags = on("xray");
  tags["spawn:tracing-from"] = "+1h";
  tags["spawn:tracing-until"] = "+2h";
  apply(tags);
  EXPECT_FALSE(tracing_.on());
  EXPECT_EQ(tracing_.next_change_steady_ns(), clock_.steady_ns() + kHour);

  clock_.advance(core::Nanos(kHour));
  EXPECT_TRUE(tracing_.look_at_window());
  EXPECT_TRUE(tracing_.on());
  EXPECT_FALSE(tracing_.look_at_window());
  EXPECT_EQ(tracing_.next_change_steady_ns(), clock_.steady_ns() + kHour);

  clock_.advance(core::Nanos(kHour));
  EXPECT_TRUE(tracing_.look_at_window());
  EXPECT_FALSE(tracing_.on());
  EXPECT_EQ(tracing_.next_change_steady_ns(), INT64_MAX);
}

TEST_F(LiveTracingTest, counts_what_all_its_telemetry_did) {
  apply(on("xray"));
  release();
  { const telemetry::Span span = start("one"); }
  apply(on("stdout"));
  { const telemetry::Span span = start("two"); }
  ASSERT_TRUE(tracing_.flush(core::Deadline::never()));
  apply(on("none"));
  EXPECT_FALSE(tracing_.on());
  const telemetry::Stats stats = tracing_.stats();
  EXPECT_EQ(stats.ended, 2U);
  ASSERT_EQ(stats.exporters.size(), 2U);
  for (const auto& exporter : stats.exporters) EXPECT_EQ(exporter.delivered, 1U) << exporter.name;
}

TEST_F(LiveTracingTest, without_sinks_nothing_is_recorded_and_the_reason_is_told) {
  LiveTracing broken(
      [](const config::Settings&) -> core::Result<std::vector<telemetry::NamedSink>> {
        return core::fail(core::Code::invalid_argument, "no region");
      },
      fixed_sampling, trace::Resource(), clock_, rng_);
  const auto applied = broken.apply(settings(on("xray")), 0);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message, "no region");
  EXPECT_FALSE(broken.on());
}

}  // namespace
}  // namespace spawn::agent
