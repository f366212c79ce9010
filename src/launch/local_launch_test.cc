// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which launches of this machine a person means. That members start, register and end is shown with
// real ones, in tests/e2e/launch_local.sh.
#include "launch/local_launch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "core/result.h"

namespace spawn::launch {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr const char* kFirst = "words-20260102T030405-0123456789ab";
constexpr const char* kSecond = "words-20260102T040506-ba9876543210";
constexpr const char* kOther = "more-words-20260102T030405-00000000000f";

class LocalLaunches : public ::testing::Test {
 protected:
  LocalLaunches() {
    std::string pattern = fs::temp_directory_path() / "spawn-local-XXXXXX";
    SPAWN_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    for (const char* launch : {kFirst, kSecond, kOther}) {
      fs::create_directories(fs::path(folder_) / launch / "0");
      fs::create_directories(fs::path(folder_) / launch / "12");
    }
  }
  ~LocalLaunches() override { fs::remove_all(folder_); }

  std::string folder_;
};

TEST_F(LocalLaunches, are_found_by_their_own_id_and_by_their_members) {
  EXPECT_THAT(local_launch_of(folder_, kFirst), Optional(std::string(kFirst)));
  EXPECT_THAT(local_launch_of(folder_, "local-0123456789ab-12"), Optional(std::string(kFirst)));
  EXPECT_THAT(local_launch_of(folder_, "local-ba9876543210-0"), Optional(std::string(kSecond)));
}

TEST_F(LocalLaunches, are_not_found_by_what_only_looks_like_a_member) {
  for (const char* name : {"local-0123456789ab-3", "local-0123456789ab", "0123456789ab-12", "words",
                           "local-0123456789ab-12x", "i-0123456789", ""}) {
    EXPECT_EQ(local_launch_of(folder_, name), std::nullopt) << name;
  }
}

TEST_F(LocalLaunches, lie_in_their_folder_alone) {
  EXPECT_EQ(local_launch_of(folder_ + "/" + kFirst, "../" + std::string(kSecond)), std::nullopt);
  EXPECT_EQ(local_launch_of(folder_, "."), std::nullopt);
}

TEST_F(LocalLaunches, are_found_by_the_whole_name_of_their_array) {
  EXPECT_THAT(local_launches_named(folder_, "words"), ElementsAre(kFirst, kSecond));
  EXPECT_THAT(local_launches_named(folder_, "more-words"), ElementsAre(kOther));
  EXPECT_THAT(local_launches_named(folder_, "more"), IsEmpty());
  EXPECT_THAT(local_launches_named("/no/such/folder", "words"), IsEmpty());
}

}  // namespace
}  // namespace spawn::launch
