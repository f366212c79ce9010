// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/trace_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "testing/fakes.h"
#include "trace/attributes.h"

namespace spawn::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using trace::SpanRecord;

constexpr std::int64_t kSecond = 1'000'000'000;

trace::TraceId trace_id(std::uint64_t number) { return {0x6553'0000'0000'0000, number}; }

class TraceStoreTest : public ::testing::Test {
 protected:
  TraceStoreTest() {
    char name[] = "/tmp/spawn-store.XXXXXX";
    folder_ = mkdtemp(name);
    resource_.set("service.name", std::string("tests"));
  }
  ~TraceStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<TraceStore> open(std::uint64_t max_bytes = kDefaultMaxBytes) {
    auto store = TraceStore::open(path_(), clock_, max_bytes);
    if (!store) ADD_FAILURE() << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  std::string error_of_open() {
    const auto store = TraceStore::open(path_(), clock_);
    return store ? "" : store.error().message;
  }
  std::string path_() const { return folder_ + "/state/spawn/traces.db"; }

  SpanRecord span(std::uint64_t trace, std::uint64_t id, std::int64_t start = kSecond) {
    SpanRecord record;
    record.trace_id = trace_id(trace);
    record.span_id = {id};
    record.start_ns = start;
    record.end_ns = start + kSecond;
    record.resource = &resource_;
    record.set_name(fmt::format("span {}", id));
    record.set("key", "value");
    return record;
  }
  static core::Status write_one(TraceStore& store, SpanRecord record) {
    record.settle();
    return store.write({&record, 1});
  }
  static std::vector<trace::TraceId> ids(TraceStore& store, const TraceRange& range = {}) {
    std::vector<trace::TraceId> found;
    EXPECT_TRUE(store.for_each(range, [&](const TraceRow& row) {
      found.push_back(row.id);
      return true;
    }));
    return found;
  }

  std::string folder_;
  testing::FakeClock clock_;
  trace::Resource resource_;
};

TEST_F(TraceStoreTest, gives_back_what_was_written) {
  const auto store = open();
  SpanRecord record = span(1, 7);
  record.parent_id = {6};
  record.parent_remote = true;
  record.set_status(trace::StatusCode::error, "why");
  record.add_event("event", 5);
  record.settle();
  ASSERT_TRUE(store->write({&record, 1}));
  const auto trace = store->get(trace_id(1));
  ASSERT_TRUE(trace) << trace.error().message;
  ASSERT_THAT(trace->spans, SizeIs(1));
  const SpanRecord& back = trace->spans[0];
  EXPECT_EQ(back.name(), "span 7");
  EXPECT_EQ(back.parent_id.value, 6U);
  EXPECT_TRUE(back.parent_remote);
  EXPECT_EQ(back.status_message(), "why");
  EXPECT_EQ(back.event_count(), 1U);
  EXPECT_EQ(back.text("key"), "value");
  EXPECT_EQ(back.resource->service_name(), "tests");
}

TEST_F(TraceStoreTest, says_when_there_is_no_such_trace) {
  const auto trace = open()->get(trace_id(9));
  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().code, core::Code::not_found);
  EXPECT_THAT(trace.error().message, HasSubstr(trace_id(9).hex()));
}

TEST_F(TraceStoreTest, reads_the_version_that_ended_whichever_came_last) {
  const auto store = open();
  for (const bool ended_first : {true, false}) {
    const std::uint64_t number = ended_first ? 1 : 2;
    for (const bool ended : {ended_first, !ended_first}) {
      SpanRecord record = span(number, 7);
      record.in_progress = !ended;
      ASSERT_TRUE(write_one(*store, std::move(record)));
    }
    const auto trace = store->get(trace_id(number));
    ASSERT_THAT(trace->spans, SizeIs(1));
    EXPECT_FALSE(trace->spans[0].in_progress);
  }
}

TEST_F(TraceStoreTest, lists_traces_newest_start_first_and_goes_on_after_any_of_them) {
  const auto store = open();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(write_one(*store, span(i, 1, static_cast<std::int64_t>(i) * kSecond)));
  }
  EXPECT_THAT(ids(*store), ElementsAre(trace_id(3), trace_id(2), trace_id(1)));
  EXPECT_THAT(ids(*store, {2 * kSecond, 2 * kSecond, {}}), ElementsAre(trace_id(2)));
  const auto row = store->row(trace_id(2));
  ASSERT_TRUE(row);
  EXPECT_THAT(ids(*store, {0, INT64_MAX, std::pair(row->start_ns, row->key)}),
              ElementsAre(trace_id(1)));
}

TEST_F(TraceStoreTest, counts_changes_so_that_news_can_be_asked_for) {
  const auto store = open();
  ASSERT_TRUE(write_one(*store, span(1, 1)));
  const auto before = store->last_change();
  ASSERT_TRUE(write_one(*store, span(2, 1)));
  ASSERT_TRUE(write_one(*store, span(1, 2)));
  std::vector<trace::TraceId> changed;
  ASSERT_TRUE(store->for_each_changed_after(*before, [&](const TraceRow& row) {
    changed.push_back(row.id);
    return true;
  }));
  EXPECT_THAT(changed, ElementsAre(trace_id(2), trace_id(1)));
}

TEST_F(TraceStoreTest, forgets_a_digest_when_the_trace_changes) {
  const auto store = open();
  ASSERT_TRUE(write_one(*store, span(1, 1)));
  const auto digest = [&] {
    std::string found;
    EXPECT_TRUE(store->for_each({}, [&](const TraceRow& row) {
      found = row.digest;
      return true;
    }));
    return found;
  };
  const MadeDigest digests[] = {{*store->row(trace_id(1)), "in short"}};
  ASSERT_TRUE(store->set_digests(digests));
  EXPECT_EQ(digest(), "in short");
  ASSERT_TRUE(write_one(*store, span(1, 2)));
  EXPECT_EQ(digest(), "");
  ASSERT_TRUE(store->set_digests(digests));  // of a change that is past
  EXPECT_EQ(digest(), "");
}

TEST_F(TraceStoreTest, finds_what_has_not_ended_until_it_is_told_that_all_has) {
  const auto store = open();
  SpanRecord record = span(1, 1);
  record.in_progress = true;
  ASSERT_TRUE(write_one(*store, std::move(record)));
  ASSERT_TRUE(write_one(*store, span(2, 1)));
  const auto unfinished = [&] {
    std::vector<trace::TraceId> found;
    EXPECT_TRUE(store->for_each_unfinished([&](const TraceRow& row) {
      found.push_back(row.id);
      return true;
    }));
    return found;
  };
  EXPECT_THAT(unfinished(), ElementsAre(trace_id(1)));
  const MadeDigest still[] = {{*store->row(trace_id(1)), "one is open", true}};
  ASSERT_TRUE(store->set_digests(still));
  EXPECT_THAT(unfinished(), ElementsAre(trace_id(1)));
  ASSERT_TRUE(write_one(*store, span(1, 1)));
  const MadeDigest ended[] = {{*store->row(trace_id(1)), "none is", false}};
  ASSERT_TRUE(store->set_digests(ended));
  EXPECT_THAT(unfinished(), IsEmpty());
}

TEST_F(TraceStoreTest, keeps_documents_letter_by_letter_and_the_last_of_each) {
  const auto store = open();
  SpanRecord record = span(1, 7);
  record.settle();
  const auto write = [&](bool in_progress, const std::string& text) {
    const Document document{trace_id(1), {7}, in_progress, text};
    ASSERT_TRUE(store->write({&record, 1}, {&document, 1}));
  };
  write(true, "{ \"id\": 1 }\n");
  write(false, "{\"id\":2}");
  write(true, "late");
  const auto documents = store->documents(trace_id(1));
  ASSERT_TRUE(documents);
  ASSERT_THAT(*documents, SizeIs(1));
  EXPECT_EQ(documents->front().text, "{\"id\":2}");
  EXPECT_EQ(store->row(trace_id(1))->bytes, 24U);
}

TEST_F(TraceStoreTest, finds_the_traces_of_an_array) {
  const auto store = open();
  SpanRecord member = span(1, 1);
  member.set(trace::key::kJobArrayId, "sweep-1");
  ASSERT_TRUE(write_one(*store, std::move(member)));
  ASSERT_TRUE(write_one(*store, span(2, 1)));
  std::vector<trace::TraceId> found;
  ASSERT_TRUE(store->for_each_of_array("sweep-1", [&](const TraceRow& row) {
    found.push_back(row.id);
    return true;
  }));
  EXPECT_THAT(found, ElementsAre(trace_id(1)));
}

TEST_F(TraceStoreTest, a_parent_above_gives_its_resource_and_circles_end) {
  const auto store = open();
  SpanRecord spans[4];
  for (std::uint64_t i = 0; i < 4; ++i) {
    spans[i] = span(1, i + 1);
    if (i != 0) spans[i].resource = nullptr;
    spans[i].settle();
  }
  spans[1].parent_id = {1};
  spans[2].parent_id = {4};
  spans[3].parent_id = {3};
  ASSERT_TRUE(store->write(spans));
  const auto trace = store->get(trace_id(1));
  ASSERT_THAT(trace->spans, SizeIs(4));
  EXPECT_EQ(trace->spans[1].resource->service_name(), "tests");
  EXPECT_EQ(trace->spans[2].resource->service_name(), "");
}

TEST_F(TraceStoreTest, drops_what_had_no_news_for_thirty_days) {
  const auto store = open();
  ASSERT_TRUE(write_one(*store, span(1, 1)));
  clock_.advance(core::Nanos(kMaxAgeNs) + std::chrono::seconds(1));
  for (int i = 0; i < 32; ++i) ASSERT_TRUE(write_one(*store, span(2, 1)));
  EXPECT_THAT(ids(*store), ElementsAre(trace_id(2)));
  EXPECT_FALSE(store->get(trace_id(1)));
}

TEST_F(TraceStoreTest, stays_below_its_size_by_dropping_the_oldest) {
  constexpr std::uint64_t kMax = 2U << 20;
  const auto store = open(kMax);
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    SpanRecord record = span(i, 1);
    record.set("large", std::string(4000, 'x'));
    ASSERT_TRUE(write_one(*store, std::move(record)));
  }
  const auto kept = ids(*store);
  EXPECT_LT(kept.size(), 1000U);
  EXPECT_TRUE(store->get(trace_id(2000)));
  EXPECT_FALSE(store->get(trace_id(1)));
  EXPECT_LT(std::filesystem::file_size(path_()), 2 * kMax);
}

TEST_F(TraceStoreTest, is_its_owners_alone) {
  const auto store = open();
  ASSERT_TRUE(write_one(*store, span(1, 1)));
  for (const char* end : {"", "-wal", "-shm"}) {
    struct stat seen {};
    ASSERT_EQ(stat((path_() + end).c_str(), &seen), 0) << end;
    EXPECT_EQ(seen.st_mode & 0777, 0600U) << end;
  }
}

TEST_F(TraceStoreTest, leaves_a_file_alone_that_is_none_or_is_newer) {
  (void)open();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path_().c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "PRAGMA user_version = 7", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  EXPECT_THAT(error_of_open(), AllOf(HasSubstr(path_()), HasSubstr("another version of spawn")));
  std::filesystem::remove(path_() + "-wal");
  const std::string text(9000, 'x');
  std::ofstream(path_()) << text;
  EXPECT_THAT(error_of_open(), AllOf(HasSubstr(path_()), HasSubstr("damaged")));
  std::ifstream file(path_());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

TEST_F(TraceStoreTest, says_that_the_disk_is_full_and_keeps_what_is_in_it) {
  const auto store = open();
  ASSERT_TRUE(write_one(*store, span(1, 1)));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1U << 20, before.rlim_max};
  ASSERT_NE(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  SpanRecord large = span(2, 1);
  for (int i = 0; i < 60; ++i) large.set(fmt::format("k{}", i), std::string(60'000, 'x'));
  const auto written = write_one(*store, std::move(large));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("disk"));
  EXPECT_TRUE(store->get(trace_id(1)));
  EXPECT_TRUE(write_one(*store, span(3, 1)));
}

// Processes, not threads: each has its own connection. One is killed while it writes.
TEST_F(TraceStoreTest, loses_nothing_that_it_took_when_a_writer_is_killed_among_others) {
  (void)open();
  int acknowledged[2];
  ASSERT_EQ(pipe(acknowledged), 0);
  constexpr std::uint64_t kWriters = 4;
  std::vector<pid_t> writers;
  for (std::uint64_t w = 0; w < kWriters; ++w) {
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      const auto store = TraceStore::open(path_(), clock_);
      const std::uint64_t most = w == 0 ? UINT64_MAX : 200;
      for (std::uint64_t i = 1; store && i <= most; ++i) {
        const std::uint64_t number = w << 32 | i;
        if (!write_one(**store, span(number, 1))) _exit(1);
        if (::write(acknowledged[1], &number, sizeof number) != sizeof number) _exit(1);
      }
      _exit(0);
    }
    writers.push_back(pid);
  }
  close(acknowledged[1]);
  std::vector<std::uint64_t> taken;
  bool killed = false;
  for (std::uint64_t number = 0; read(acknowledged[0], &number, sizeof number) > 0;) {
    taken.push_back(number);
    if (!killed && (number >> 32) == 0 && (number & 0xFFFF) >= 50) {
      killed = true;
      ASSERT_EQ(kill(writers[0], SIGKILL), 0);
    }
  }
  close(acknowledged[0]);
  for (std::uint64_t w = 0; w < kWriters; ++w) {
    int status = -1;
    ASSERT_EQ(waitpid(writers[w], &status, 0), writers[w]);
    if (w != 0) {
      EXPECT_EQ(status, 0);
    }
  }
  EXPECT_TRUE(killed);
  const auto store = open();
  for (const std::uint64_t number : taken) EXPECT_TRUE(store->get(trace_id(number))) << number;
  EXPECT_GE(taken.size(), 650U);
}

TEST_F(TraceStoreTest, keeps_small_things_beside_the_traces) {
  const auto store = open();
  ASSERT_TRUE(store->put_item("group", "b", "{}"));
  ASSERT_TRUE(store->put_item("group", "a", "1"));
  ASSERT_TRUE(store->put_item("group", "a", "2"));
  EXPECT_THAT(*store->items("group"), ElementsAre(std::pair<std::string, std::string>("a", "2"),
                                                  std::pair<std::string, std::string>("b", "{}")));
  EXPECT_TRUE(*store->remove_item("group", "a"));
  EXPECT_FALSE(*store->remove_item("group", "a"));
  EXPECT_THAT(*open()->items("rule"), IsEmpty());
}

TEST_F(TraceStoreTest, a_sink_that_cannot_write_leaves_the_spans_to_be_sent_again) {
  LocalSink sink("/proc/nowhere/traces.db", clock_);
  SpanRecord record = span(1, 1);
  record.settle();
  const auto report = sink.write({&record, 1}, core::Deadline::never());
  EXPECT_EQ(report.later, 1U);
  EXPECT_THAT(report.reason, HasSubstr("/proc/nowhere"));
}

TEST(TracesPath, is_in_the_state_folder) {
  EXPECT_EQ(*traces_path(testing::FakeEnv{{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}),
            "/s/spawn/traces.db");
  EXPECT_EQ(*traces_path(testing::FakeEnv{{"HOME", "/h"}}), "/h/.local/state/spawn/traces.db");
  EXPECT_FALSE(traces_path(testing::FakeEnv{}));
}

}  // namespace
}  // namespace spawn::store
