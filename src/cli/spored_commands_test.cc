// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/spored_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "cli/test_commands.h"
#include "core/version.h"

namespace spawn::cli {
namespace {

using ::testing::HasSubstr;

class SporedCommands : public CommandsTest {
 protected:
  int run(const std::vector<std::string>& arguments) {
    return spored_commands(arguments, parts()).shell_code();
  }
};

TEST_F(SporedCommands, prints_the_version) {
  EXPECT_EQ(run({"version"}), 0);
  EXPECT_EQ(out_.str(), "spored " + std::string(core::version()) + "\n");
}

TEST_F(SporedCommands, suggests_the_nearest_command) {
  EXPECT_EQ(run({"runn"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("spored: unknown command 'runn'; did you mean 'run'?"));
}

TEST_F(SporedCommands, traces_only_where_the_settings_say_so) {
  char path[] = "/tmp/spawn-settings-XXXXXX";
  close(mkstemp(path));
  std::ofstream(path) << "observability:\n  tracing:\n    enabled: true\n    sampling_rate: 1.0\n";
  EXPECT_EQ(run({"run", "--config", path, "--name", "job", "--", "sh", "-c", "exit 4"}), 4);
  unlink(path);
  EXPECT_EQ(log_.only("job").text("error.type"), "4");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(SporedCommands, becomes_the_command_when_tracing_is_off) {
  char path[] = "/tmp/spawn-settings-XXXXXX";
  close(mkstemp(path));
  const pid_t pid = fork();
  if (pid == 0) {
    (void)run({"run", "--config", path, "--", "sh", "-c", "exit $(($PPID == $0 ? 5 : 6))",
               std::to_string(getppid())});
    _exit(99);
  }
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  unlink(path);
  EXPECT_EQ(WEXITSTATUS(status), 5);  // its parent is ours: nobody stands between
}

}  // namespace
}  // namespace spawn::cli
