// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/spored_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "agent/control.h"
#include "agent/local_settings.h"
#include "agent/places.h"
#include "aws/test_support.h"
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

// On an instance nobody writes a file: what the agent goes by are tags.
TEST_F(SporedCommands, a_command_on_an_instance_goes_by_its_tags_as_the_agent_does) {
  const aws::TemporaryFolder folder;
  env_.set("RUNTIME_DIRECTORY", folder.path());
  const auto server = agent::ControlServer::listen(agent::control_socket(folder.path()));
  ASSERT_TRUE(server);
  std::thread agent([&] {
    pollfd come{server->fd(), POLLIN, 0};
    ASSERT_EQ(poll(&come, 1, 10'000), 1);
    server->serve([&](const core::Json&) {
      config::Sources sources;
      sources.file = "/no/such/file";
      sources.tags = {{"spawn:tracing-enabled", "true"}, {"spawn:tracing-sampling", "1"}};
      return agent::list_settings(*config::resolve(sources, env_));
    });
  });
  // Not traced, this process would become the command; so it had better not be one that succeeds.
  EXPECT_EQ(run({"run", "--config", "/dev/null", "--name", "job", "--", "false"}), 1);
  agent.join();
  EXPECT_EQ(log_.only("job").text("process.executable.name"), "false");
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
