// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/telemetry.h"

#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "telemetry/stderr_sink.h"
#include "testing/fakes.h"
#include "testing/hanging_sink.h"

namespace spawn::telemetry {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

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

TEST_F(TelemetryTest, never_exceeds_the_batch_size) {
  CountingSink::Seen seen;
  auto telemetry = make("test", std::make_unique<CountingSink>(seen));
  make_spans(*telemetry, 333);
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  EXPECT_EQ(seen.spans, 333U);
  EXPECT_THAT(seen.batches, Each(Le(50U)));
}

TEST_F(TelemetryTest, shutdown_keeps_its_deadline_when_a_sink_hangs_and_reports_the_loss) {
  testing::Hang hang;
  auto telemetry = make("xray", hang.sink());
  make_spans(*telemetry, 3);
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

TEST_F(TelemetryTest, counts_spans_that_come_after_shutdown_as_dropped) {
  CountingSink::Seen seen;
  auto telemetry = make("test", std::make_unique<CountingSink>(seen));
  make_spans(*telemetry, 1);
  telemetry->shutdown(in(kLong));
  make_spans(*telemetry, 2);
  EXPECT_EQ(telemetry->stats().ended, 3U);
  EXPECT_EQ(telemetry->stats().dropped, 2U);
}

TEST_F(TelemetryTest, every_span_is_delivered_lost_or_dropped) {
  testing::Hang hang;
  Options options;
  options.queue_slots = 64;
  auto telemetry = make("xray", hang.sink(), options);
  make_spans(*telemetry, 1000);
  hang.let_go();
  EXPECT_TRUE(telemetry->shutdown(in(kLong)));
  const Stats stats = telemetry->stats();
  EXPECT_EQ(stats.ended, 1000U);
  EXPECT_GT(stats.dropped, 0U);
  EXPECT_EQ(stats.dropped + stats.exporters.at(0).delivered + stats.exporters.at(0).lost, 1000U);
}

TEST_F(TelemetryTest, has_no_thread_before_the_first_span) {
  const std::size_t before = thread_count();
  CountingSink::Seen seen;
  auto telemetry = make("test", std::make_unique<CountingSink>(seen));
  EXPECT_EQ(thread_count(), before);
  make_spans(*telemetry, 1);
  EXPECT_EQ(thread_count(), before + 1);
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
