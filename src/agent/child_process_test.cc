// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "core/file.h"

namespace spawn::agent {
namespace {

using core::Code;

const std::vector<std::string> kEnvironment = {"PATH=/usr/bin:/bin"};

std::vector<std::string> shell(const std::string& script) { return {"sh", "-c", script}; }

// In a process of its own, whose stdout is returned: start() changes the signals of a whole
// process.
struct Ended {
  int status = 0;
  std::string output;
};
Ended in_fork(const std::function<void()>& body) {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    body();
    _exit(99);
  }
  close(ends[1]);
  Ended ended;
  char chunk[4096];
  for (ssize_t got; (got = read(ends[0], chunk, sizeof chunk)) > 0;) {
    ended.output.append(chunk, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  EXPECT_EQ(waitpid(pid, &ended.status, 0), pid);
  return ended;
}

// As a program does it: start, wait, leave like the child.
void run_and_leave(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment = kEnvironment) {
  auto child = ChildProcess::start(arguments, environment);
  if (!child) _exit(98);
  exit_like(child->wait());
}

Code code_of_failure(const std::vector<std::string>& arguments,
                     const std::vector<std::string>& environment = kEnvironment) {
  const auto child = ChildProcess::start(arguments, environment);
  EXPECT_FALSE(child);
  return child ? Code::internal : child.error().code;
}

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/spawn-child-XXXXXX";
    EXPECT_NE(mkdtemp(name), nullptr);
    path_ = name;
  }
  ~Folder() {
    for (const std::string& file : files_) unlink(file.c_str());
    rmdir(path_.c_str());
  }
  std::string add(const std::string& name, const std::string& content, mode_t mode) {
    const std::string path = path_ + "/" + name;
    std::ofstream(path) << content;
    chmod(path.c_str(), mode);
    files_.push_back(path);
    return path;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::vector<std::string> files_;
};

TEST(ChildProcess, leaves_with_the_childs_exit_code) {
  const Ended ended = in_fork([] { run_and_leave(shell("exit 7")); });
  ASSERT_TRUE(WIFEXITED(ended.status));
  EXPECT_EQ(WEXITSTATUS(ended.status), 7);
}

TEST(ChildProcess, leaves_by_the_childs_signal) {
  for (const int number : {SIGKILL, SIGTERM, SIGSEGV, SIGPIPE}) {
    const Ended ended =
        in_fork([&] { run_and_leave(shell("kill -" + std::to_string(number) + " $$")); });
    ASSERT_TRUE(WIFSIGNALED(ended.status)) << number;
    EXPECT_EQ(WTERMSIG(ended.status), number);
    EXPECT_FALSE(WCOREDUMP(ended.status));
  }
}

TEST(ChildProcess, passes_stdout_arguments_and_environment_on_untouched) {
  const Ended ended = in_fork([] {
    run_and_leave({"sh", "-c", R"(printf '%s|%s|%s' "$1" "$2" "$A")", "sh", "a b", ""},
                  {"PATH=/usr/bin:/bin", "A=x=y"});
  });
  EXPECT_EQ(ended.output, "a b||x=y");
}

TEST(ChildProcess, names_a_command_that_is_not_there) {
  const auto child = ChildProcess::start({"no-such-command"}, kEnvironment);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Code::not_found);
  EXPECT_EQ(child.error().message, "no-such-command: command not found");
  EXPECT_EQ(code_of_failure({"/no/such/file"}), Code::not_found);
  EXPECT_EQ(code_of_failure({""}), Code::not_found);
  EXPECT_EQ(code_of_failure({"ls"}, {"PATH=/nowhere"}), Code::not_found);
}

TEST(ChildProcess, tells_a_command_that_cannot_be_executed_from_a_missing_one) {
  Folder folder;
  EXPECT_EQ(code_of_failure({folder.add("plain", "#!/bin/sh\n", 0644)}), Code::permission_denied);
  EXPECT_EQ(code_of_failure({"plain"}, {"PATH=" + folder.path()}), Code::permission_denied);
  EXPECT_EQ(code_of_failure({folder.path()}), Code::permission_denied);
}

TEST(ChildProcess, blames_a_missing_interpreter_not_the_script) {
  Folder folder;
  const std::string script = folder.add("our-script", "#!/no/such/interpreter\n", 0755);
  EXPECT_EQ(code_of_failure({script}), Code::permission_denied);
  const auto child = ChildProcess::start({"our-script"}, {"PATH=/bin:" + folder.path()});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().message,
            "our-script: cannot be executed: the interpreter it names is missing");
}

TEST(ChildProcess, searches_the_path_of_the_environment_it_is_given) {
  Folder folder;
  folder.add("only-here", "#!/bin/sh\necho found\n", 0755);
  EXPECT_EQ(in_fork([&] { run_and_leave({"only-here"}, {"PATH=" + folder.path()}); }).output,
            "found\n");
}

TEST(ChildProcess, runs_a_script_without_an_interpreter_line) {
  Folder folder;
  const std::string script = folder.add("script", "echo by sh\n", 0755);
  EXPECT_EQ(in_fork([&] { run_and_leave({script}); }).output, "by sh\n");
}

TEST(ChildProcess, gives_the_child_the_mask_and_dispositions_it_was_started_with) {
  const auto set_up = [] {
    signal(SIGCHLD, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
  };
  const std::vector<std::string> look = {"grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"};
  const Ended direct = in_fork([&] {
    set_up();
    (void)exec_in_place(look, kEnvironment);
  });
  const Ended through = in_fork([&] {
    set_up();
    run_and_leave(look);
  });
  EXPECT_NE(direct.output, "");
  EXPECT_EQ(through.output, direct.output);
}

TEST(ChildProcess, sees_the_exit_status_though_sigchld_was_ignored) {
  const Ended ended = in_fork([] {
    signal(SIGCHLD, SIG_IGN);
    run_and_leave(shell("exit 7"));
  });
  EXPECT_EQ(WEXITSTATUS(ended.status), 7);
}

TEST(ChildProcess, leaves_no_descriptor_of_ours_to_the_child) {
  const std::vector<std::string> look = shell("echo /proc/self/fd/*");
  const Ended direct = in_fork([&] { (void)exec_in_place(look, kEnvironment); });
  const Ended through = in_fork([&] { run_and_leave(look); });
  EXPECT_EQ(through.output, direct.output);
}

TEST(ChildProcess, passes_a_signal_on) {
  // A grandchild sends it to us; the child's handler must run.
  const Ended ended = in_fork([] {
    run_and_leave(shell("trap 'exit 42' TERM; (kill -TERM $PPID) & while :; do sleep 0.01; done"));
  });
  ASSERT_TRUE(WIFEXITED(ended.status));
  EXPECT_EQ(WEXITSTATUS(ended.status), 42);
}

TEST(ChildProcess, keeps_from_the_child_what_it_has_already) {
  siginfo_t received{};
  received.si_signo = SIGINT;
  received.si_code = SI_KERNEL;
  EXPECT_TRUE(is_already_with_child(received, 7));
  received.si_code = SI_USER;
  received.si_pid = 7;
  EXPECT_TRUE(is_already_with_child(received, 7));
  received.si_pid = 8;
  EXPECT_FALSE(is_already_with_child(received, 7));
}

TEST(ChildProcess, stops_with_a_stopped_child_and_wakes_it_again) {
  const pid_t us = fork();
  if (us == 0) {
    setpgid(0, 0);  // as a shell does with a job; in an orphaned group SIGTSTP would be dropped
    run_and_leave(shell("kill -TSTP $$; exit 5"));
  }
  int status = 0;
  ASSERT_EQ(waitpid(us, &status, WUNTRACED), us);
  ASSERT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(WSTOPSIG(status), SIGSTOP);
  kill(us, SIGCONT);
  ASSERT_EQ(waitpid(us, &status, WUNTRACED), us);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

TEST(ChildProcess, goes_on_while_somebody_throttles_the_child_by_its_pid) {
  const pid_t us = fork();
  if (us == 0) {
    setpgid(0, 0);
    run_and_leave(shell("sh -c 'kill -STOP $0; kill -CONT $0' $$; exit 5"));
  }
  int status = 0;
  ASSERT_EQ(waitpid(us, &status, WUNTRACED), us);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

TEST(ChildProcess, puts_everything_back_when_the_command_cannot_be_started) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  (void)code_of_failure({"no-such-command"});
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
  EXPECT_EQ(sigismember(&after, SIGCHLD), sigismember(&before, SIGCHLD));
}

TEST(ExecInPlace, becomes_the_command) {
  const Ended ended = in_fork([] {
    (void)exec_in_place({"sh", "-c", "echo $A; exit 3"}, {"PATH=/usr/bin:/bin", "A=a"});
  });
  EXPECT_EQ(ended.output, "a\n");
  EXPECT_EQ(WEXITSTATUS(ended.status), 3);
}

TEST(ExecInPlace, comes_back_only_to_say_why_not) {
  EXPECT_EQ(exec_in_place({"no-such-command"}, kEnvironment).code, Code::not_found);
  EXPECT_NE(getenv("PATH"), nullptr);  // our own environment is ours again
}

TEST(ExitLike, leaves_by_a_signal_that_was_ignored_and_blocked) {
  const Ended ended = in_fork([] {
    signal(SIGTERM, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    exit_like({0, SIGTERM});
  });
  ASSERT_TRUE(WIFSIGNALED(ended.status));
  EXPECT_EQ(WTERMSIG(ended.status), SIGTERM);
}

TEST(ExitStatus, counts_signals_from_128_as_shells_do) {
  EXPECT_EQ((ExitStatus{3, 0}.shell_code()), 3);
  EXPECT_EQ((ExitStatus{0, SIGTERM}.shell_code()), 143);
}

}  // namespace
}  // namespace spawn::agent
