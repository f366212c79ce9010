// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/sqlite_registry.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/test_support.h"
#include "handoff/test_registry.h"
#include "testing/fakes.h"

namespace spawn::handoff {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class MadeSqlite {
 public:
  Registry& registry() { return *registry_; }

 private:
  aws::TemporaryFolder folder_;
  std::unique_ptr<SqliteRegistry> registry_ =
      *SqliteRegistry::open(folder_.path() + "/state/spawn/registry.db");
};
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, RegistryTest, MadeSqlite);

class SqliteRegistryFile : public ::testing::Test {
 protected:
  aws::TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/spawn/registry.db";
};

TEST_F(SqliteRegistryFile, is_its_owners_alone) {
  const auto registry = SqliteRegistry::open(path_);
  ASSERT_TRUE(registry) << registry.error().message;
  ASSERT_TRUE((*registry)->publish_launch(launch_row_of("words"), core::Deadline::never()));
  for (const char* end : {"", "-wal", "-shm"}) {
    struct stat seen {};
    ASSERT_EQ(stat((path_ + end).c_str(), &seen), 0) << end;
    EXPECT_EQ(seen.st_mode & 0777, 0600U) << end;
  }
  struct stat folder {};
  ASSERT_EQ(stat((folder_.path() + "/spawn").c_str(), &folder), 0);
  EXPECT_EQ(folder.st_mode & 0777, 0700U);
}

TEST_F(SqliteRegistryFile, says_its_path_when_it_is_no_database) {
  folder_.write("spawn/registry.db", std::string(5000, 'x'));
  const auto registry = SqliteRegistry::open(path_);
  ASSERT_FALSE(registry);
  EXPECT_THAT(registry.error().message, AllOf(HasSubstr(path_), HasSubstr("not a database")));
}

TEST_F(SqliteRegistryFile, forgets_what_expired_a_day_before_a_new_launch) {
  const auto registry = *SqliteRegistry::open(path_);
  ASSERT_TRUE(registry->publish_launch(launch_row_of("old"), core::Deadline::never()));
  Row later = launch_row_of("new");
  later.registered_at = launch_row_of("old").expires_at + 86'400 + 1;
  later.expires_at = later.registered_at + 3600;
  ASSERT_TRUE(registry->publish_launch(later, core::Deadline::never()));
  EXPECT_FALSE(registry->read_launch(launch_id_of("old"), core::Deadline::never()));
  EXPECT_TRUE(registry->read_launch(launch_id_of("new"), core::Deadline::never()));
}

// Processes, not threads: each has its own connection, as agents have.
TEST_F(SqliteRegistryFile, is_written_by_many_processes_at_once_and_loses_nothing) {
  constexpr int kProcesses = 12;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      const auto registry = SqliteRegistry::open(path_);
      const std::string name = fmt::format("i-{:02}", i);
      bool good = registry.has_value();
      good = good && (*registry)->register_member(member_row_of("words", name.c_str(), i),
                                                  core::Deadline::never());
      for (int beat = 1; good && beat <= 10; ++beat) {
        good =
            (*registry)
                ->heartbeat(launch_id_of("words"), name, {beat, 2 * beat}, core::Deadline::never())
                .has_value();
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = -1;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
  }
  const auto members =
      (*SqliteRegistry::open(path_))->members(launch_id_of("words"), core::Deadline::never());
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), std::size_t{kProcesses});
  for (const Row& row : *members) EXPECT_EQ(row.last_heartbeat, 10);
}

TEST(RegistryPath, is_in_the_state_folder) {
  EXPECT_EQ(*registry_path(testing::FakeEnv{{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}),
            "/s/spawn/registry.db");
  EXPECT_EQ(*registry_path(testing::FakeEnv{{"HOME", "/h"}}), "/h/.local/state/spawn/registry.db");
  EXPECT_FALSE(registry_path(testing::FakeEnv{}));
}

}  // namespace
}  // namespace spawn::handoff
