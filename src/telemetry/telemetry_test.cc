// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/telemetry.h"

#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "telemetry/stderr_sink.h"
#include "testing/fakes.h"
#include "testing/hanging_sink.h"
#include "testing/no_file_grows.h"

namespace spawn::telemetry {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Pair;
using ::testing::SizeIs;
using testing::SpanLog;

constexpr core::Nanos kLong = std::chrono::seconds(30);

// Tells batch sizes, and lets a test wait for a number of spans.
class CountingSink final : public trace::SpanSink {
 public:
  struct Seen {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::size_t> batches;
    std::size_t spans = 0;

    bool wait_for(std::size_t count) {
      std::unique_lock lock(mutex);
      return changed.wait_for(lock, kLong, [&] { return spans >= count; });
    }
  };
  explicit CountingSink(Seen& seen) : seen_(seen) {}
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    const std::lock_guard lock(seen_.mutex);
    seen_.batches.push_back(batch.size());
    seen_.spans += batch.size();
    seen_.changed.notify_all();
    return {batch.size(), 0, {}};
  }

 private:
  Seen& seen_;
};

class RefusingSink final : public trace::SpanSink {
 public:
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    return {0, batch.size(), "refused"};
  }
};

std::size_t thread_count() {
  DIR* tasks = opendir("/proc/self/task");
  std::size_t count = 0;
  while (const dirent* entry = readdir(tasks)) count += entry->d_name[0] != '.' ? 1 : 0;
  closedir(tasks);
  return count;
}

class TelemetryTest : public ::testing::Test {
 protected:
  std::unique_ptr<Telemetry> make(std::string name, std::unique_ptr<trace::SpanSink> sink,
                                  Options options = {}) {
    std::vector<NamedSink> sinks;
    sinks.push_back({std::move(name), std::move(sink)});
    return std::make_unique<Telemetry>(std::move(sinks), trace::Rate::always(), trace::Resource(),
                                       clock_, rng_, options);
  }
  static void make_spans(Telemetry& telemetry, int count) {
    for (int i = 0; i < count; ++i) (void)telemetry.tracer().start("span");
  }
  core::Deadline in(core::Nanos duration) { return core::Deadline::after(clock_, duration); }

  // Not the fixture's own: a worker that was left behind may still ask it for the time.
  static inline core::SystemClock clock_;
  testing::FakeRng rng_;
};

TEST_F(TelemetryTest, flush_delivers_every_span_that_had_ended) {
  CountingSink::Seen seen;
  auto telemetry = make("test", std::make_unique<CountingSink>(seen));
  make_spans(*telemetry, 7);
  EXPECT_TRUE(telemetry->flush(in(kLong)));
  EXPECT_EQ(seen.spans, 7U);
  const Stats stats = telemetry->stats();
  EXPECT_EQ(stats.ended, 7U);
  EXPECT_EQ(stats.exporters.at(0).delivered, 7U);
}

TEST_F(TelemetryTest, exports_a_full_batch_without_being_asked) {
  CountingSink::Seen seen;
  Options options;
  options.batch_spans = 10;
  options.schedule_delay = std::chrono::hours(1);
  auto telemetry = make("test", std::make_unique<CountingSink>(seen), options);
  make_spans(*telemetry, 10);
  EXPECT_TRUE(seen.wait_for(10));
}

TEST_F(TelemetryTest, exports_a_partial_batch_when_its_time_has_come) {
  CountingSink::Seen seen;
  Options options;
  options.schedule_delay = std::chrono::milliseconds(1);
  auto telemetry = make("test", std::make_unique<CountingSink>(seen), options);
  make_spans(*telemetry, 1);
  EXPECT_TRUE(seen.wait_for(1));
}

TEST_F(TelemetryTest, exports_when_spilled_spans_make_a_batch_by_bytes) {
  CountingSink::Seen seen;
  Options options;
  options.batch_bytes = 4000;
  options.schedule_delay = std::chrono::hours(1);
  auto telemetry = make("test", std::make_unique<CountingSink>(seen), options);
  for (int i = 0; i < 2; ++i) {
    Span span = telemetry->tracer().start("large");
    span.set("text", std::string(3000, 'x'));
  }
  EXPECT_TRUE(seen.wait_for(1));
  EXPECT_EQ(telemetry->stats().spilled, 2U);
}

TEST_F(TelemetryTest, never_gives_an_exporter_more_than_it_is_to_have_at_once) {
  CountingSink::Seen seen;
  Options options;
  options.export_spans = 40;
  auto telemetry = make("test", std::make_unique<CountingSink>(seen), options);
  make_spans(*telemetry, 333);
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  EXPECT_EQ(seen.spans, 333U);
  EXPECT_THAT(seen.batches, Each(Le(40U)));
}

TEST_F(TelemetryTest, shutdown_keeps_its_deadline_when_a_sink_hangs_and_reports_the_loss) {
  testing::Hang hang;
  auto telemetry = make("xray", hang.sink());
  make_spans(*telemetry, 3);
  EXPECT_FALSE(telemetry->flush(in(std::chrono::milliseconds(1))));
  hang.wait_until_entered();
  const std::int64_t before = clock_.steady_ns();
  EXPECT_FALSE(telemetry->shutdown(in(std::chrono::milliseconds(20))));
  EXPECT_LT(clock_.steady_ns() - before, core::Nanos(std::chrono::seconds(5)).count());
  const Stats stats = telemetry->stats();
  EXPECT_EQ(stats.exporters.at(0).delivered, 0U);
  EXPECT_EQ(stats.exporters.at(0).lost, 3U);
  EXPECT_THAT(stats.exporters.at(0).last_reason, ::testing::HasSubstr("no answer"));
  hang.let_go();
  telemetry.reset();
  hang.wait_until_gone();
}

// Not those 30 s that a batch may take while the program runs: then the end would not hear why.
TEST_F(TelemetryTest, what_is_sent_at_the_end_has_the_deadline_of_the_end) {
  class TimedSink final : public trace::SpanSink {
   public:
    TimedSink(core::Clock& clock, core::Nanos& longest) : clock_(clock), longest_(longest) {}
    trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                             core::Deadline deadline) override {
      longest_ = std::max(longest_, deadline.remaining(clock_));
      return {batch.size(), 0, {}};
    }

   private:
    core::Clock& clock_;
    core::Nanos& longest_;
  };
  core::Nanos longest{0};
  for (int i = 0; i < 200; ++i) {
    const auto telemetry = make("timed", std::make_unique<TimedSink>(clock_, longest));
    make_spans(*telemetry, 1);
    ASSERT_TRUE(telemetry->shutdown(in(std::chrono::seconds(10))));
  }
  EXPECT_LE(longest, std::chrono::seconds(10));
}

TEST_F(TelemetryTest, flush_keeps_its_deadline_when_a_sink_hangs) {
  testing::Hang hang;
  auto telemetry = make("xray", hang.sink());
  make_spans(*telemetry, 1);
  EXPECT_FALSE(telemetry->flush(in(std::chrono::milliseconds(5))));
  hang.let_go();
  EXPECT_TRUE(telemetry->flush(in(kLong)));
}

TEST_F(TelemetryTest, counts_what_a_sink_lost_with_its_reason) {
  auto telemetry = make("xray", std::make_unique<RefusingSink>());
  make_spans(*telemetry, 2);
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  EXPECT_EQ(telemetry->stats().exporters.at(0).lost, 2U);
  EXPECT_EQ(telemetry->stats().exporters.at(0).last_reason, "refused");
}

TEST_F(TelemetryTest, who_shuts_down_second_waits_for_the_first) {
  testing::Hang hang;
  Options options;
  options.schedule_delay = std::chrono::hours(1);
  auto telemetry = make("xray", hang.sink(), options);
  make_spans(*telemetry, 1);
  std::thread first([&] { EXPECT_TRUE(telemetry->shutdown(in(kLong))); });
  hang.wait_until_entered();
  EXPECT_FALSE(telemetry->shutdown(in(std::chrono::milliseconds(1))));
  hang.let_go();
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  EXPECT_EQ(telemetry->stats().exporters.at(0).delivered, 1U);
  first.join();
}

TEST_F(TelemetryTest, counts_spans_that_come_after_shutdown_as_dropped) {
  CountingSink::Seen seen;
  auto telemetry = make("test", std::make_unique<CountingSink>(seen));
  make_spans(*telemetry, 1);
  telemetry->shutdown(in(kLong));
  make_spans(*telemetry, 2);
  EXPECT_EQ(telemetry->stats().ended, 3U);
  EXPECT_EQ(telemetry->stats().dropped, 2U);
  EXPECT_EQ(telemetry->stats().exporters.at(0).last_reason, "they came after the end");
}

std::uint64_t accounted(const Stats& stats, std::size_t exporter = 0) {
  const ExporterStats& of = stats.exporters.at(exporter);
  return stats.dropped + of.dropped + of.damaged + of.delivered + of.lost + of.waiting;
}

TEST_F(TelemetryTest, every_span_is_delivered_lost_dropped_or_waiting_at_any_instant) {
  testing::Hang hang;
  Options options;
  options.queue_slots = 64;
  options.spool_bytes = 20'000;
  auto telemetry = make("xray", hang.sink(), options);
  for (int i = 0; i < 100; ++i) {
    make_spans(*telemetry, 10);
    const Stats stats = telemetry->stats();
    EXPECT_EQ(accounted(stats), stats.ended);
  }
  EXPECT_GT(telemetry->stats().exporters.at(0).waiting, 0U);
  hang.let_go();
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  const Stats stats = telemetry->stats();
  EXPECT_EQ(stats.ended, 1000U);
  EXPECT_GT(stats.dropped + stats.exporters.at(0).dropped, 0U);
  EXPECT_EQ(accounted(stats), 1000U);
  EXPECT_EQ(stats.exporters.at(0).waiting, 0U);
}

TEST_F(TelemetryTest, a_sink_that_hangs_holds_up_no_other) {
  testing::Hang hang;
  CountingSink::Seen seen;
  std::vector<NamedSink> sinks;
  sinks.push_back({"dead", hang.sink()});
  sinks.push_back({"alive", std::make_unique<CountingSink>(seen)});
  auto telemetry = std::make_unique<Telemetry>(std::move(sinks), trace::Rate::always(),
                                               trace::Resource(), clock_, rng_);
  make_spans(*telemetry, 5000);
  EXPECT_FALSE(telemetry->flush(in(std::chrono::milliseconds(20))));
  hang.wait_until_entered();
  EXPECT_TRUE(seen.wait_for(5000 - telemetry->stats().dropped));
  EXPECT_FALSE(telemetry->shutdown(in(std::chrono::milliseconds(20))));
  const Stats stats = telemetry->stats();
  EXPECT_EQ(accounted(stats, 0), 5000U);
  EXPECT_EQ(accounted(stats, 1), 5000U);
  EXPECT_EQ(stats.exporters.at(1).lost, 0U);
  hang.let_go();
  telemetry.reset();
  hang.wait_until_gone();
}

// Takes one span of each batch, or as many as it is told, until it is well.
class StumblingSink final : public trace::SpanSink {
 public:
  struct State {
    std::atomic<bool> well{false};
    std::atomic<std::size_t> spans{0};
  };
  explicit StumblingSink(State& state, std::size_t anyway = 1) : state_(state), anyway_(anyway) {}
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    const std::size_t taken = state_.well ? batch.size() : anyway_;
    state_.spans += taken;
    trace::WriteReport report{taken, 0, state_.well ? "" : "503"};
    report.later = batch.size() - taken;
    return report;
  }

 private:
  State& state_;
  std::size_t anyway_;
};

TEST_F(TelemetryTest, sends_again_what_a_sink_did_not_take_and_nothing_twice) {
  StumblingSink::State state;
  auto telemetry = make("xray", std::make_unique<StumblingSink>(state));
  make_spans(*telemetry, 20);
  EXPECT_FALSE(telemetry->flush(in(kLong)));
  const ExporterStats stumbling = telemetry->stats().exporters.at(0);
  EXPECT_GT(stumbling.waiting, 15U);
  EXPECT_EQ(stumbling.waiting + stumbling.delivered, 20U);
  EXPECT_EQ(stumbling.last_reason, "503");
  state.well = true;
  EXPECT_TRUE(telemetry->flush(in(kLong)));
  EXPECT_EQ(state.spans, 20U);
  EXPECT_EQ(telemetry->stats().exporters.at(0).delivered, 20U);
  EXPECT_EQ(telemetry->stats().exporters.at(0).last_reason, "");
}

TEST_F(TelemetryTest, a_foreign_resource_needs_to_live_only_as_long_as_the_call) {
  SpanLog log;
  auto telemetry = make("test", std::make_unique<testing::CollectingSink>(log));
  {
    trace::Resource foreign;
    foreign.set("service.name", std::string("theirs"));
    trace::SpanRecord record;
    record.set_name("theirs");
    record.resource = &foreign;
    telemetry->tracer().record(std::move(record));
  }
  EXPECT_TRUE(telemetry->flush(in(kLong)));
  EXPECT_EQ(log.only("theirs").name, "theirs");
}

// --- what outlives the process

class KeptTest : public TelemetryTest {
 protected:
  KeptTest() {
    std::string path = std::filesystem::temp_directory_path() / "keptXXXXXX";
    SPAWN_CHECK(mkdtemp(path.data()) != nullptr);
    folder_ = path;
  }
  ~KeptTest() override { std::filesystem::remove_all(folder_); }
  std::unique_ptr<Telemetry> make_kept(std::unique_ptr<trace::SpanSink> sink) {
    std::vector<NamedSink> sinks;
    sinks.push_back({"xray", std::move(sink), {"xray", folder_, write_ahead_}, false, true});
    trace::Resource resource;
    resource.set("service.name", std::string("kept"));
    return std::make_unique<Telemetry>(std::move(sinks), trace::Rate::always(), std::move(resource),
                                       clock_, rng_, options_);
  }
  // What a successor delivers.
  std::vector<testing::OwnedSpan> delivered_by_successor() {
    SpanLog log;
    auto telemetry = make_kept(std::make_unique<testing::CollectingSink>(log));
    make_spans(*telemetry, 1);
    while (telemetry->stats().exporters.at(0).adopted.found == 0 && log.spans().empty()) {
      EXPECT_TRUE(telemetry->flush(in(kLong)));
    }
    EXPECT_TRUE(telemetry->flush(in(kLong)));
    EXPECT_TRUE(telemetry->shutdown(in(kLong)));
    auto spans = log.spans();
    std::erase_if(spans, [](const auto& span) { return span.name == "span"; });
    return spans;
  }
  static void make_named(Telemetry& telemetry, int count) {
    for (int i = 0; i < count; ++i) (void)telemetry.tracer().start("kept span");
  }

  std::string folder_;
  bool write_ahead_ = true;
  Options options_;
};

TEST_F(KeptTest, what_was_not_sent_at_the_end_is_sent_by_the_next_process) {
  for (const bool write_ahead : {true, false}) {
    write_ahead_ = write_ahead;
    StumblingSink::State state;
    auto telemetry = make_kept(std::make_unique<StumblingSink>(state));
    make_named(*telemetry, 100);
    EXPECT_TRUE(telemetry->shutdown(in(kLong)));
    const Stats stats = telemetry->stats();
    EXPECT_GT(stats.exporters.at(0).spooled, 90U);
    EXPECT_EQ(stats.exporters.at(0).lost, 0U);
    const std::uint64_t left = stats.exporters.at(0).spooled;
    EXPECT_EQ(left + state.spans, 100U);
    telemetry.reset();
    EXPECT_THAT(delivered_by_successor(), SizeIs(left));
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
  }
}

TEST_F(KeptTest, what_the_disk_does_not_take_until_the_end_is_lost_and_said) {
  StumblingSink::State state;
  auto telemetry = make_kept(std::make_unique<StumblingSink>(state, 0));
  {
    const testing::NoFileGrows full;
    make_named(*telemetry, 10);
    EXPECT_FALSE(telemetry->flush(in(kLong)));
    EXPECT_EQ(telemetry->stats().exporters.at(0).waiting, 10U);
    EXPECT_EQ(telemetry->stats().exporters.at(0).spooled, 0U);
    EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  }
  const ExporterStats stats = telemetry->stats().exporters.at(0);
  EXPECT_EQ(stats.spooled, 0U);
  EXPECT_EQ(stats.lost, 10U);
  EXPECT_THAT(stats.lost_by, ElementsAre(Pair("not kept on disk", 10U)));
  EXPECT_EQ(stats.last_reason, "503");
}

TEST_F(KeptTest, what_the_disk_takes_at_the_end_is_sent_by_the_next_process) {
  StumblingSink::State state;
  auto telemetry = make_kept(std::make_unique<StumblingSink>(state, 0));
  {
    const testing::NoFileGrows full;
    make_named(*telemetry, 10);
    EXPECT_FALSE(telemetry->flush(in(kLong)));
  }
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  EXPECT_EQ(telemetry->stats().exporters.at(0).spooled, 10U);
  telemetry.reset();
  EXPECT_THAT(delivered_by_successor(), SizeIs(10));
}

TEST_F(KeptTest, spools_over_the_bound_are_found_and_lost) {
  StumblingSink::State state;
  auto telemetry = make_kept(std::make_unique<StumblingSink>(state, 0));
  make_named(*telemetry, 10);
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  telemetry.reset();
  options_.spool_bytes = 100;
  telemetry = make_kept(std::make_unique<StumblingSink>(state));
  telemetry->start();
  EXPECT_TRUE(telemetry->flush(in(kLong)));
  const AdoptedStats adopted = telemetry->stats().exporters.at(0).adopted;
  EXPECT_EQ(adopted.found, 10U);
  EXPECT_EQ(adopted.lost, 10U);
  EXPECT_THAT(adopted.lost_by, ElementsAre(Pair("spools over their bound", 10U)));
}

#if !defined(__SANITIZE_THREAD__)
TEST_F(KeptTest, a_killed_process_loses_nothing_that_had_ended) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    testing::Hang hang;
    auto telemetry = make_kept(hang.sink());
    make_named(*telemetry, 1234);
    Span large = telemetry->tracer().start("kept span");
    large.set("text", std::string(5000, 'x'));
    large.end();
    Span open = telemetry->tracer().start("was open");
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const auto spans = delivered_by_successor();
  EXPECT_THAT(spans, SizeIs(1236));
  const auto open = std::ranges::find(spans, "was open", &testing::OwnedSpan::name);
  ASSERT_NE(open, spans.end());
  EXPECT_EQ(open->text("spawn.unfinished"), "true");
  EXPECT_EQ(open->status, trace::StatusCode::error);
}
#endif

TEST_F(KeptTest, a_folder_that_cannot_be_used_is_said_and_costs_nothing_else) {
  const std::string made = std::exchange(folder_, "/proc/spool");
  CountingSink::Seen seen;
  auto telemetry = make_kept(std::make_unique<CountingSink>(seen));
  make_spans(*telemetry, 3);
  EXPECT_TRUE(telemetry->flush(in(kLong)));
  EXPECT_EQ(seen.spans, 3U);
  EXPECT_THAT(telemetry->stats().notes, ElementsAre(::testing::HasSubstr("/proc/spool")));
  folder_ = made;
}

// --- long spans

TEST_F(TelemetryTest, a_span_that_is_open_for_long_is_shown_once_and_then_its_end) {
  SpanLog log;
  testing::FakeClock clock;
  std::vector<NamedSink> sinks;
  sinks.push_back({"xray", std::make_unique<testing::CollectingSink>(log), {}, false, true});
  Telemetry telemetry(std::move(sinks), trace::Rate::always(), trace::Resource(), clock, rng_);
  const auto soon = core::Deadline::never();
  Span job = telemetry.tracer().start("six hours");
  Span brief = telemetry.tracer().start("brief");
  clock.advance(std::chrono::seconds(9));
  brief.end();
  EXPECT_TRUE(telemetry.flush(soon));
  EXPECT_THAT(log.spans(), SizeIs(1));
  clock.advance(std::chrono::seconds(2));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(telemetry.flush(soon));
  ASSERT_THAT(log.spans(), SizeIs(2));
  EXPECT_EQ(log.only("six hours").span_id, job.context().span.span_id);
  EXPECT_TRUE(log.only("six hours").in_progress);
  clock.advance(std::chrono::hours(6));
  job.end();
  EXPECT_TRUE(telemetry.flush(soon));
  ASSERT_THAT(log.spans(), SizeIs(3));
  EXPECT_FALSE(log.spans().back().in_progress);
  EXPECT_EQ(telemetry.stats().exporters.at(0).delivered, 2U);
  EXPECT_EQ(telemetry.stats().exporters.at(0).announced, 1U);
}

TEST_F(TelemetryTest, an_open_span_that_nobody_took_is_shown_later) {
  StumblingSink::State state;
  testing::FakeClock clock;
  std::vector<NamedSink> sinks;
  sinks.push_back({"xray", std::make_unique<StumblingSink>(state, 0), {}, false, true});
  Telemetry telemetry(std::move(sinks), trace::Rate::always(), trace::Resource(), clock, rng_);
  const auto soon = core::Deadline::never();
  const Span job = telemetry.tracer().start("six hours");
  clock.advance(std::chrono::seconds(11));
  EXPECT_TRUE(telemetry.flush(soon));
  EXPECT_EQ(telemetry.stats().exporters.at(0).announced, 0U);
  state.well = true;
  EXPECT_TRUE(telemetry.flush(soon));
  EXPECT_EQ(telemetry.stats().exporters.at(0).announced, 1U);
  EXPECT_TRUE(telemetry.flush(soon));
  EXPECT_EQ(state.spans, 1U);
}

TEST_F(TelemetryTest, has_no_thread_before_the_first_span) {
  const std::size_t before = thread_count();
  CountingSink::Seen seen;
  auto telemetry = make("test", std::make_unique<CountingSink>(seen));
  EXPECT_EQ(thread_count(), before);
  make_spans(*telemetry, 1);
  EXPECT_GT(thread_count(), before);
}

TEST_F(TelemetryTest, is_off_without_sinks) {
  Telemetry off({}, trace::Rate::always(), trace::Resource(), clock_, rng_);
  make_spans(off, 3);
  EXPECT_EQ(off.stats().ended, 0U);
  EXPECT_THAT(off.stats().exporters, IsEmpty());
  EXPECT_TRUE(off.flush(in(kLong)));
  EXPECT_TRUE(off.shutdown(in(kLong)));
}

// ThreadSanitizer forbids threads in a child that a threaded process forked.
#if !defined(__SANITIZE_THREAD__)
TEST_F(TelemetryTest, a_forked_child_begins_anew_and_the_parent_loses_nothing) {
  CountingSink::Seen seen;
  Options options;
  options.schedule_delay = std::chrono::hours(1);
  auto telemetry = make("test", std::make_unique<CountingSink>(seen), options);
  // The worker has begun and allocates no more: the sanitizers' allocators do not survive a fork at
  // the wrong moment, as glibc's does.
  make_spans(*telemetry, 1);
  ASSERT_TRUE(telemetry->flush(in(kLong)));
  make_spans(*telemetry, 4);

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    make_spans(*telemetry, 2);
    const bool flushed = telemetry->flush(in(kLong));
    const Stats stats = telemetry->stats();
    _exit(flushed && stats.ended == 2 && stats.exporters.at(0).delivered == 2 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  EXPECT_EQ(seen.spans, 5U);
}

TEST_F(TelemetryTest, a_forked_child_is_another_process) {
  trace::Resource resource;
  resource.set("process.pid", std::int64_t{getpid()});
  resource.set("process.parent_pid", std::string("a person's"));
  std::vector<NamedSink> sinks;
  CountingSink::Seen seen;
  sinks.push_back({"test", std::make_unique<CountingSink>(seen)});
  Telemetry telemetry(std::move(sinks), trace::Rate::always(), std::move(resource), clock_, rng_);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool renewed =
        *telemetry.resource().find("process.pid") == trace::OwnedValue(std::int64_t{getpid()});
    const bool stands = telemetry.resource().text("process.parent_pid") == "a person's";
    _exit(renewed && stands ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(*telemetry.resource().find("process.pid"), trace::OwnedValue(std::int64_t{getpid()}));
}
#endif

TEST_F(TelemetryTest, the_stderr_sink_writes_one_line_a_span) {
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  {
    auto telemetry = make("stdout", std::make_unique<StderrSink>(pipe_fds[1]));
    make_spans(*telemetry, 2);
  }
  close(pipe_fds[1]);
  std::string text(65536, '\0');
  text.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, read(pipe_fds[0], text.data(), text.size()))));
  close(pipe_fds[0]);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, ::testing::StartsWith("{\"trace_id\":\""));
}

TEST_F(TelemetryTest, a_sink_that_cannot_write_reports_the_loss) {
  StderrSink sink(-1);
  std::vector<trace::SpanRecord> batch(1);
  trace::Resource resource;
  batch[0].resource = &resource;
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.lost, 1U);
  EXPECT_EQ(report.reason, "stderr: Bad file descriptor");
}

}  // namespace
}  // namespace spawn::telemetry
