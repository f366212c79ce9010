// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "core/file.h"
#include "testing/no_file_grows.h"
#include "trace/attributes.h"

namespace spawn::store {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class SpoolTest : public ::testing::Test {
 protected:
  SpoolTest() {
    std::string path = std::filesystem::temp_directory_path() / "spoolXXXXXX";
    SPAWN_CHECK(mkdtemp(path.data()) != nullptr);
    folder_ = path;
    resource_.set("service.name", std::string("spored"));
    options_.folder = folder_ + "/spool";
    options_.readers = {"xray", "otlp"};
  }
  ~SpoolTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Spool> make() {
    auto spool = Spool::create(options_, resource_, 1'000);
    SPAWN_CHECK(spool);
    return std::move(*spool);
  }
  // For a process that is killed: it never destroys it.
  Spool& make_and_leave() { return *make().release(); }
  std::vector<std::unique_ptr<Spool>> adopt() {
    Adopted adopted = Spool::adopt(options_.folder, options_.readers, 64U << 20);
    notes_ = std::move(adopted.notes);
    return std::move(adopted.spools);
  }
  static trace::SpanRecord span(std::uint64_t id, std::size_t bytes = 10) {
    trace::SpanRecord record;
    record.trace_id = {1, 2};
    record.span_id = {id};
    record.set_name("span");
    record.set("text", std::string(bytes, 'x'));
    return record;
  }
  void append(Spool& spool, std::uint64_t first, std::uint64_t last, std::size_t bytes = 10) {
    for (std::uint64_t id = first; id <= last; ++id) {
      trace::SpanRecord record = span(id, bytes);
      record.resource = &resource_;
      const Spool::Source source{&record};
      spool.append({&source, 1});
    }
  }
  static std::vector<std::uint64_t> read(Spool& spool, std::size_t reader = 0,
                                         std::size_t most = 1'000'000) {
    TakenSpans taken;
    while (taken.size() < most && spool.read(reader, most - taken.size(), 4096, taken) > 0) {
    }
    std::vector<std::uint64_t> ids;
    for (const Taken& one : taken) ids.push_back(one.record.span_id.value);
    return ids;
  }
  // All of them are in the first segment.
  static void settle(Spool& spool, std::size_t reader, std::size_t count, std::uint64_t below) {
    spool.settle(reader, TakenSpans(count), below);
  }
  static std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> all(last - first + 1);
    std::iota(all.begin(), all.end(), first);
    return all;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(options_.folder)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
      names.push_back(entry.path());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // What `f` leaves behind in a process that is killed.
  template <typename F>
  void in_a_killed_process(F&& f) {
    const pid_t child = fork();
    SPAWN_CHECK(child >= 0);
    if (child == 0) {
      f();
      raise(SIGKILL);
    }
    int status = 0;
    SPAWN_CHECK(waitpid(child, &status, 0) == child);
    EXPECT_TRUE(WIFSIGNALED(status));
  }
  void change(const std::string& path, std::size_t at, char byte) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }
  std::string segment_file() const {
    for (const std::string& file : files()) {
      if (file.ends_with(".spans")) return file;
    }
    return {};
  }

  std::string folder_;
  trace::Resource resource_;
  SpoolOptions options_;
  std::vector<std::string> notes_;
};

TEST_F(SpoolTest, gives_each_reader_every_span_in_order) {
  auto spool = make();
  append(*spool, 1, 500);
  EXPECT_EQ(read(*spool, 0, 200), numbers(1, 200));
  EXPECT_EQ(read(*spool, 1), numbers(1, 500));
  EXPECT_EQ(read(*spool, 0), numbers(201, 500));
  EXPECT_THAT(read(*spool, 0), IsEmpty());
}

TEST_F(SpoolTest, a_reader_that_is_up_to_date_needs_no_disk) {
  auto spool = make();
  append(*spool, 1, 100);
  EXPECT_EQ(read(*spool, 0), numbers(1, 100));
  append(*spool, 101, 200);
  std::filesystem::resize_file(segment_file(), 0);
  EXPECT_EQ(read(*spool, 0), numbers(101, 200));
  EXPECT_EQ(spool->counts(0).damaged, 0U);
}

TEST_F(SpoolTest, a_reader_that_is_behind_goes_on_from_the_disk_and_catches_up) {
  auto spool = make();
  append(*spool, 1, 1000);
  EXPECT_EQ(read(*spool, 0, 500), numbers(1, 500));
  append(*spool, 1001, 1100);
  EXPECT_EQ(read(*spool, 0), numbers(501, 1100));
  append(*spool, 1101, 1200);
  EXPECT_EQ(read(*spool, 0), numbers(1101, 1200));
  EXPECT_EQ(read(*spool, 1), numbers(1, 1200));
  EXPECT_EQ(spool->counts(1).waiting, 1200U);
}

TEST_F(SpoolTest, its_files_are_for_its_owner_alone) {
  auto spool = make();
  append(*spool, 1, 1);
  ASSERT_THAT(files(), SizeIs(2));
  for (const std::string& file : files()) {
    struct stat about {};
    ASSERT_EQ(stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U) << file;
  }
  struct stat about {};
  ASSERT_EQ(stat(options_.folder.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0700U);
}

TEST_F(SpoolTest, leaves_no_file_when_all_is_settled) {
  {
    auto spool = make();
    append(*spool, 1, 3);
    for (std::size_t reader = 0; reader < 2; ++reader) {
      (void)read(*spool, reader);
      settle(*spool, reader, 3, 3);
    }
  }
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(SpoolTest, keeps_the_resource_of_a_foreign_span_and_its_size) {
  auto spool = make();
  trace::Resource foreign;
  foreign.set("service.name", std::string("theirs"));
  trace::SpanRecord record = span(1, 100'000);
  record.resource = &foreign;
  const Spool::Source source{&record};
  EXPECT_EQ(spool->append({&source, 1}), 1U);
  TakenSpans taken;
  ASSERT_EQ(spool->read(0, 10, 4096, taken), 1U);
  EXPECT_EQ(taken.front().record.resource->service_name(), "theirs");
  EXPECT_EQ(taken.front().record.text("text").size(), 65'536U);
}

TEST_F(SpoolTest, drops_the_oldest_when_full_and_counts_them_for_who_had_not_settled_them) {
  options_.max_bytes = 100'000;
  auto spool = make();
  append(*spool, 1, 100);
  TakenSpans taken;
  while (spool->read(1, 100, 1 << 20, taken) > 0) {
  }
  EXPECT_THAT(taken, SizeIs(100));
  spool->settle(1, std::move(taken), 100);
  append(*spool, 101, 2000);
  EXPECT_LE(spool->bytes(), 2 * options_.max_bytes);
  const auto left = read(*spool, 0);
  const std::uint64_t dropped = spool->counts(0).dropped;
  EXPECT_GT(dropped, 500U);
  EXPECT_EQ(left, numbers(dropped + 1, 2000));
  EXPECT_EQ(spool->counts(1).dropped, dropped - 100);
  EXPECT_EQ(spool->counts(0).waiting, left.size());
  EXPECT_EQ(spool->counts(0).damaged, 0U);
}

TEST_F(SpoolTest, what_was_dropped_on_its_way_counts_once_whether_it_arrives_or_not) {
  options_.max_bytes = 100'000;
  options_.readers = {"xray"};
  auto spool = make();
  append(*spool, 1, 50);
  TakenSpans taken;
  ASSERT_EQ(spool->read(0, 50, 1 << 20, taken), 50U);
  append(*spool, 51, 2000);
  const ReaderCounts before = spool->counts(0);
  EXPECT_EQ(before.waiting + before.dropped, 2000U);
  TakenSpans ten;
  ten.splice(ten.end(), taken, taken.begin(), std::next(taken.begin(), 10));
  spool->settle(0, std::move(ten), 10);
  const ReaderCounts after = spool->counts(0);
  EXPECT_EQ(after.waiting + after.dropped, 1990U);
  EXPECT_EQ(after.dropped, before.dropped - 10);
  const auto left = read(*spool);
  EXPECT_EQ(left.size(), after.waiting);
}

TEST_F(SpoolTest, a_successor_finds_what_was_not_settled) {
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    append(spool, 1, 10);
    (void)read(spool, 0, 4);
    settle(spool, 0, 4, 4);
    (void)read(spool, 0, 2);  // taken, and not settled
  });
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(read(*adopted[0], *adopted[0]->reader("xray")), numbers(5, 10));
  EXPECT_EQ(read(*adopted[0], *adopted[0]->reader("otlp")), numbers(1, 10));
  EXPECT_FALSE(adopted[0]->reader("local"));
}

TEST_F(SpoolTest, a_successor_does_not_find_what_was_settled_out_of_order) {
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    append(spool, 1, 3);
    TakenSpans taken;
    (void)spool.read(0, 3, 4096, taken);
    const Taken& second = *std::next(taken.begin());
    spool.mark(0, second.segment, second.offset);
  });
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_THAT(read(*adopted[0], 0), ElementsAre(1, 3));
  EXPECT_THAT(read(*adopted[0], 1), ElementsAre(1, 2, 3));
}

TEST_F(SpoolTest, a_successor_is_past_what_stands_behind_a_new_beginning) {
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    append(spool, 1, 200, 500);
    for (std::size_t reader = 0; reader < 2; ++reader) {
      (void)read(spool, reader);
      settle(spool, reader, 200, 200);
    }
    append(spool, 201, 203, 499);
  });
  EXPECT_GT(std::filesystem::file_size(segment_file()), 64U * 1024);
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_LT(adopted[0]->bytes(), 3'000U);
  EXPECT_EQ(read(*adopted[0], 0), numbers(201, 203));
  EXPECT_EQ(read(*adopted[0], 1), numbers(201, 203));
  EXPECT_EQ(adopted[0]->counts(0).damaged, 0U);
}

TEST_F(SpoolTest, the_file_of_a_settled_segment_is_used_again) {
  options_.readers = {"xray"};
  options_.segment_bytes = 10'000;
  const auto inode = [&](std::size_t segment) {
    struct stat about {};
    EXPECT_EQ(stat(files().at(segment).c_str(), &about), 0);
    return about.st_ino;
  };
  ino_t settled = 0;
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    append(spool, 1, 20, 600);  // more than one segment holds
    settled = inode(0);
    TakenSpans last;
    (void)spool.read(0, 20, 1 << 20, last);
    TakenSpans all_others;
    all_others.splice(all_others.end(), last, last.begin(), std::prev(last.end()));
    spool.settle(0, std::move(all_others), 19);
    append(spool, 21, 30, 600);
    if (inode(1) != settled) _exit(1);
  });
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(read(*adopted[0]), numbers(20, 30));
  EXPECT_EQ(adopted[0]->counts(0).damaged, 0U);
}

TEST_F(SpoolTest, what_settled_files_and_old_bytes_take_is_no_part_of_the_bound) {
  options_.readers = {"xray"};
  options_.max_bytes = 100'000;
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    std::uint64_t last = 0;
    for (; spool.bytes() < 99'000; ++last) append(spool, last + 1, last + 1);
    TakenSpans some;
    (void)spool.read(0, 150, 1 << 20, some);
    spool.settle(0, std::move(some), 150);
    append(spool, last + 1, last + 10);
    if (spool.counts(0).dropped != 0 || last < 200) _exit(1);
  });
  std::uintmax_t in_files = 0;
  for (const std::string& file : files()) {
    if (file.ends_with(".spans")) in_files += std::filesystem::file_size(file);
  }
  EXPECT_GT(in_files, options_.max_bytes);
  const auto adopted = Spool::adopt(options_.folder, options_.readers, options_.max_bytes).spools;
  EXPECT_THAT(notes_, IsEmpty());
  ASSERT_THAT(adopted, SizeIs(1));
  const auto left = read(*adopted[0]);
  ASSERT_THAT(left, Not(IsEmpty()));
  EXPECT_EQ(left, numbers(151, left.back()));
  EXPECT_EQ(adopted[0]->counts(0).damaged, 0U);
}

TEST_F(SpoolTest, what_is_settled_of_an_adopted_spool_takes_no_room) {
  options_.readers = {"", "xray"};
  options_.segment_bytes = 10'000;
  in_a_killed_process([&] { append(make_and_leave(), 1, 100, 600); });
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  const std::uint64_t before = adopted[0]->bytes();
  TakenSpans half;
  (void)adopted[0]->read(1, 50, 1 << 20, half);
  adopted[0]->settle(1, std::move(half), 50);
  EXPECT_LT(adopted[0]->bytes(), before * 2 / 3);
}

TEST_F(SpoolTest, a_reader_without_a_name_hides_no_other_from_a_successor) {
  options_.readers = {"", "xray", "", "otlp"};
  in_a_killed_process([&] { append(make_and_leave(), 1, 3); });
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  const std::size_t xray = *adopted[0]->reader("xray");
  EXPECT_EQ(read(*adopted[0], xray), numbers(1, 3));
  settle(*adopted[0], xray, 3, 3);
  EXPECT_EQ(read(*adopted[0], *adopted[0]->reader("otlp")), numbers(1, 3));
}

TEST_F(SpoolTest, large_spans_are_read_from_the_disk) {
  options_.readers = {"xray"};
  auto spool = make();
  append(*spool, 1, 100, 60'000);
  TakenSpans few;
  EXPECT_LT(spool->read(0, 200, 100'000, few), 5U);
  std::filesystem::resize_file(segment_file(), 0);
  EXPECT_EQ(few.size() + read(*spool).size() + spool->counts(0).damaged, 100U);
  EXPECT_GT(spool->counts(0).damaged, 5U);
}

TEST_F(SpoolTest, nobody_adopts_the_spool_of_a_living_process) {
  auto spool = make();
  append(*spool, 1, 10);
  EXPECT_THAT(adopt(), IsEmpty());
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(SpoolTest, an_exporter_of_another_name_does_not_get_them) {
  options_.readers = {"xray http://a"};
  in_a_killed_process([&] { append(make_and_leave(), 1, 3); });
  options_.readers = {"xray http://b", ""};
  EXPECT_THAT(adopt(), IsEmpty());
  options_.readers = {"xray http://a"};
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(read(*adopted[0]), numbers(1, 3));
}

TEST_F(SpoolTest, an_adopted_spool_is_gone_when_all_of_it_is_settled) {
  in_a_killed_process([&] { append(make_and_leave(), 1, 3); });
  auto adopted = adopt();
  for (std::size_t reader = 0; reader < 2; ++reader) {
    (void)read(*adopted[0], reader);
    settle(*adopted[0], reader, 3, 3);
  }
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(SpoolTest, spans_that_were_open_are_closed_and_marked) {
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    trace::SpanRecord open = span(7);
    open.start_ns = 500;
    (void)spool.open_spans().enter(open, "spored run", 0);
    spool.still_alive(90'000);
  });
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(adopted[0]->closed(), 1U);
  TakenSpans taken;
  ASSERT_EQ(adopted[0]->read(0, 10, 4096, taken), 1U);
  const trace::SpanRecord& closed = taken.front().record;
  EXPECT_EQ(closed.name(), "spored run");
  EXPECT_EQ(closed.start_ns, 500);
  EXPECT_EQ(closed.end_ns, 90'000);
  EXPECT_EQ(closed.status, trace::StatusCode::error);
  EXPECT_TRUE(closed.find(trace::key::kUnfinished)->boolean());
  EXPECT_EQ(closed.resource->service_name(), "spored");
}

TEST_F(SpoolTest, a_cut_tail_is_skipped_and_counted) {
  in_a_killed_process([&] { append(make_and_leave(), 1, 10); });
  const std::string file = segment_file();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(read(*adopted[0]), numbers(1, 9));
  EXPECT_EQ(adopted[0]->counts(0).damaged, 1U);
  EXPECT_EQ(adopted[0]->counts(0).waiting, 9U);
}

TEST_F(SpoolTest, flipped_bits_cost_the_spans_they_are_in) {
  in_a_killed_process([&] { append(make_and_leave(), 1, 10); });
  const std::string file = segment_file();
  const std::size_t frame = std::filesystem::file_size(file) / 10;
  change(file, 2 * frame + 1, '\x5A');    // the third one's magic
  change(file, 6 * frame + 100, '\x5A');  // the seventh one's body
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_THAT(read(*adopted[0]), ElementsAre(1, 2, 4, 5, 6, 8, 9, 10));
  EXPECT_EQ(adopted[0]->counts(0).damaged, 2U);
}

// The head says how far all are: a bit of it must not cost a span, nor count one that is not there.
TEST_F(SpoolTest, a_flipped_bit_in_the_head_costs_nothing) {
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    append(spool, 1, 10);
    (void)read(spool, 0, 4);
    settle(spool, 0, 4, 4);
    // The eleventh is in the ring still: a turn that is odd, and the record.
    auto* const turn = static_cast<std::uint64_t*>(spool.ring_memory());
    new (turn + 1) trace::SpanRecord(span(11));
    *turn = 1;
  });
  const std::string left = options_.folder;
  // Behind form, sizes and the time when it was last alive; before the resource.
  for (std::size_t at = 32; at < sizeof(Head::Fixed) - Head::kMaxResource; ++at) {
    options_.folder = folder_ + "/copy";
    std::filesystem::remove_all(options_.folder);
    std::filesystem::copy(left, options_.folder);
    const std::string copy = files().back();
    ASSERT_THAT(copy, EndsWith(".spool"));
    std::ifstream file(copy, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    change(copy, at, static_cast<char>(file.get() ^ 1 << at % 8));
    const auto adopted = adopt();
    ASSERT_THAT(adopted, SizeIs(1)) << at;
    EXPECT_EQ(read(*adopted[0], 0), numbers(5, 11)) << at;
    EXPECT_EQ(read(*adopted[0], 1), numbers(1, 11)) << at;
    EXPECT_EQ(adopted[0]->counts(0).damaged + adopted[0]->counts(1).damaged, 0U) << at;
  }
}

TEST_F(SpoolTest, a_spool_of_another_version_is_left_alone_and_named) {
  in_a_killed_process([&] { append(make_and_leave(), 1, 3); });
  for (const std::string& file : files()) {
    if (file.ends_with(".spool")) change(file, 8, 99);
  }
  EXPECT_THAT(adopt(), IsEmpty());
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("another version")));
  EXPECT_THAT(files(), SizeIs(2));
}

TEST_F(SpoolTest, garbage_in_the_folder_is_no_spool) {
  std::filesystem::create_directory(options_.folder);
  std::ofstream(options_.folder + "/x.spool") << "garbage";
  std::ofstream(options_.folder + "/y.spool") << std::string(2'000'000, 'g');
  EXPECT_THAT(adopt(), IsEmpty());
  EXPECT_THAT(notes_, SizeIs(2));
}

TEST_F(SpoolTest, goes_to_memory_when_the_disk_takes_no_more) {
  auto spool = make();
  append(*spool, 1, 1000);
  struct rlimit before {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = std::filesystem::file_size(segment_file()) + 100;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    // As in the engine's threads; the signal would end the process.
    sigset_t xfsz;
    sigset_t old;
    sigemptyset(&xfsz);
    sigaddset(&xfsz, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &xfsz, &old);
    append(*spool, 1001, 1010);
    EXPECT_THAT(spool->trouble(), HasSubstr("too large"));
    append(*spool, 1011, 3000);
    const timespec at_once{0, 0};
    while (sigtimedwait(&xfsz, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  const auto all = read(*spool);
  EXPECT_THAT(all, SizeIs(3000));
  EXPECT_EQ(all, numbers(1, 3000));
}

TEST_F(SpoolTest, what_had_to_go_to_memory_is_tried_on_the_disk_at_the_end) {
  auto spool = make();
  append(*spool, 1, 5);
  {
    const testing::NoFileGrows full;
    append(*spool, 6, 10);
  }
  EXPECT_EQ(spool->counts(0).waiting, 10U);
  EXPECT_EQ(spool->counts(0).in_memory, 5U);
  spool->to_disk();
  EXPECT_EQ(spool->counts(0).in_memory, 0U);
  EXPECT_EQ(spool->trouble(), "");
  spool.reset();
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(read(*adopted[0]), numbers(1, 10));
}

TEST_F(SpoolTest, a_successor_does_not_miss_what_the_disk_never_took) {
  auto spool = make();
  append(*spool, 1, 5);
  {
    const testing::NoFileGrows full;
    append(*spool, 6, 1000, 1000);  // more than one segment in memory
    (void)read(*spool, 1);
    spool->to_disk();
    EXPECT_EQ(spool->counts(0).in_memory, 995U);
    EXPECT_EQ(spool->counts(1).in_memory, 995U);
    spool.reset();
  }
  // Nor when a bit of the number that says so has flipped, which stands behind two others.
  change(files().back(), 32 + 2 * sizeof(Voted) + 6, '\x01');
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(adopted[0]->counts(0).waiting, 5U);
  EXPECT_EQ(read(*adopted[0]), numbers(1, 5));
  EXPECT_EQ(adopted[0]->counts(0).damaged, 0U);
}

TEST_F(SpoolTest, in_memory_it_takes_no_more_than_what_is_not_settled) {
  options_.folder.clear();
  options_.readers = {"xray"};
  auto spool = make();
  TakenSpans before;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    append(*spool, 10 * i + 1, 10 * i + 10, 100);
    TakenSpans now;
    (void)spool->read(0, 100, 1 << 20, now);
    // One batch is always on its way.
    spool->settle(0, std::exchange(before, std::move(now)), 10 * i);
    ASSERT_LT(spool->bytes(), 400'000U);
  }
}

TEST_F(SpoolTest, is_on_disk_again_when_the_disk_takes_some) {
  options_.readers = {"xray"};
  options_.segment_bytes = 100'000;
  auto spool = make();
  {
    const testing::NoFileGrows full;
    append(*spool, 1, 10);
  }
  EXPECT_NE(spool->trouble(), "");
  for (std::uint64_t i = 0; i < 10; ++i) {
    append(*spool, 11 + i * 70, 80 + i * 70, 1000);
    TakenSpans all;
    while (spool->read(0, 100, 1 << 20, all) > 0) {
    }
    spool->settle(0, std::move(all), 80 + i * 70);
  }
  EXPECT_EQ(spool->trouble(), "");
}

TEST_F(SpoolTest, a_folder_that_cannot_be_made_is_named) {
  options_.folder = "/proc/spool";
  const auto spool = Spool::create(options_, resource_, 1);
  ASSERT_FALSE(spool);
  EXPECT_THAT(spool.error().message, HasSubstr("/proc/spool"));
}

TEST_F(SpoolTest, what_is_in_memory_can_be_saved_for_a_successor) {
  SpoolOptions in_memory = options_;
  in_memory.folder.clear();
  auto spool = Spool::create(in_memory, resource_, 1);
  ASSERT_TRUE(spool);
  append(**spool, 1, 10);
  (void)read(**spool, 0, 4);
  settle(**spool, 0, 4, 4);
  ASSERT_TRUE((*spool)->save(options_.folder, 5));
  const auto adopted = adopt();
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(read(*adopted[0], 0), numbers(5, 10));
  EXPECT_EQ(read(*adopted[0], 1), numbers(1, 10));
}

TEST_F(SpoolTest, spools_over_the_bound_of_the_folder_go_the_oldest_first) {
  in_a_killed_process([&] {
    Spool& spool = make_and_leave();
    append(spool, 1, 100, 1000);
    (void)read(spool, 0, 30);
    settle(spool, 0, 30, 30);
  });
  in_a_killed_process([&] { append(make_and_leave(), 101, 200, 1000); });
  const Adopted adopted = Spool::adopt(options_.folder, options_.readers, 150'000);
  ASSERT_THAT(adopted.spools, SizeIs(1));
  EXPECT_EQ(read(*adopted.spools[0]), numbers(101, 200));
  EXPECT_THAT(adopted.dropped, ElementsAre(Pair("otlp", 100), Pair("xray", 70)));
}

TEST_F(SpoolTest, a_forked_child_has_a_spool_of_its_own) {
  auto spool = make();
  append(*spool, 1, 3);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    spool->begin_anew();
    append(*spool, 11, 12);
    const bool right = read(*spool) == numbers(11, 12) && !spool->on_disk();
    spool.reset();
    _exit(right ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(files(), SizeIs(2));
  EXPECT_EQ(read(*spool), numbers(1, 3));
}

}  // namespace
}  // namespace spawn::store
