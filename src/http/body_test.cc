// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/body.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace spawn::http {
namespace {

namespace fs = std::filesystem;

std::string drain(BodySource& source, std::size_t piece = 3) {
  std::string all;
  std::array<char, 64> buffer{};
  for (;;) {
    const auto got = source.read({buffer.data(), piece});
    if (!got) return all + " / " + got.error().message;
    if (*got == 0) return all;
    all.append(buffer.data(), *got);
  }
}

class BodyFileTest : public ::testing::Test {
 protected:
  BodyFileTest() {
    std::string pattern = fs::temp_directory_path() / "spawn-body-XXXXXX";
    SPAWN_CHECK(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  ~BodyFileTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const char* name) const { return folder_ / name; }
  std::string write(const char* name, std::string_view text) {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  static std::string read(const std::string& file) { return *core::read_file(file); }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  fs::path folder_;
};

TEST(MemoryBody, is_read_in_pieces_and_again_after_a_rewind) {
  MemorySource source("0123456789");
  EXPECT_EQ(source.size(), 10U);
  EXPECT_EQ(drain(source), "0123456789");
  EXPECT_EQ(drain(source), "");
  source.rewind();
  EXPECT_EQ(drain(source, 64), "0123456789");
}

TEST(MemoryBody, keeps_what_is_written_up_to_its_limit_and_forgets_it_at_a_restart) {
  MemorySink sink(4);
  EXPECT_TRUE(sink.write("ab"));
  EXPECT_TRUE(sink.write("cd"));
  const auto over = sink.write("e");
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, core::Code::protocol);
  EXPECT_EQ(sink.text(), "abcd");
  EXPECT_TRUE(sink.restart());
  EXPECT_TRUE(sink.write("e"));
  EXPECT_EQ(sink.text(), "e");
}

TEST_F(BodyFileTest, is_read_whole_or_in_ranges_that_do_not_disturb_each_other) {
  auto whole = FileSource::open(write("a", "0123456789"));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->size(), 10U);
  auto first = whole->range(0, 4);
  auto last = whole->range(8, 2);
  ASSERT_TRUE(first && last);
  EXPECT_EQ(last->size(), 2U);
  std::array<char, 2> two{};
  ASSERT_TRUE(first->read(two));
  EXPECT_EQ(drain(*last), "89");
  EXPECT_EQ(drain(*first), "23");
  first->rewind();
  EXPECT_EQ(drain(*first), "0123");
  EXPECT_EQ(drain(*whole), "0123456789");
}

TEST_F(BodyFileTest, tells_when_a_file_became_shorter) {
  auto source = FileSource::open(write("a", "0123456789"));
  ASSERT_TRUE(source);
  fs::resize_file(path("a"), 5);
  EXPECT_EQ(drain(*source), "01234 / " + path("a") + ": became shorter while it was read");
}

TEST_F(BodyFileTest, must_be_a_file_that_is_there) {
  EXPECT_EQ(FileSource::open(path("none")).error().code, core::Code::not_found);
  const auto folder = FileSource::open(folder_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message, folder_.string() + ": is no regular file");
}

TEST_F(BodyFileTest, appears_only_when_it_is_whole) {
  write("a", "old");
  {
    auto sink = FileSink::create(path("a"));
    ASSERT_TRUE(sink) << sink.error().message;
    ASSERT_TRUE(sink->write("broken beginning"));
    ASSERT_TRUE(sink->restart());
    ASSERT_TRUE(sink->write("ne"));
    ASSERT_TRUE(sink->write("w"));
    EXPECT_EQ(read(path("a")), "old");
    ASSERT_TRUE(sink->commit());
  }
  EXPECT_EQ(read(path("a")), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(BodyFileTest, leaves_nothing_behind_without_a_commit) {
  {
    auto sink = FileSink::create(path("a"));
    ASSERT_TRUE(sink);
    ASSERT_TRUE(sink->write("x"));
    EXPECT_EQ(files(), 1);
  }
  EXPECT_EQ(files(), 0);
  const auto nowhere = FileSink::create(path("no/such/folder"));
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, core::Code::not_found);
}

}  // namespace
}  // namespace spawn::http
