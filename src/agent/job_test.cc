// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "aws/test_support.h"
#include "core/clock.h"
#include "core/file.h"

namespace spawn::agent {
namespace {

using ::testing::HasSubstr;

class JobTest : public ::testing::Test {
 protected:
  JobRequest request(const std::string& command) {
    return {{"/bin/sh", "-c", command},
            ChildEnvironment({"PATH=/usr/bin:/bin"}),
            folder_.path() + "/out",
            folder_.path() + "/err",
            context_,
            &tracing_.tracer};
  }
  std::unique_ptr<Job> start(const std::string& command) {
    auto job = start_process(request(command), clock_);
    EXPECT_TRUE(job) << job.error().message;
    return std::move(*job);
  }
  ExitStatus end_of(Job& job) {
    for (;;) {
      if (const auto status = job.poll()) return *status;
      clock_.sleep_for(std::chrono::milliseconds(2));
    }
  }
  std::string text(const char* file) { return *core::read_file(folder_.path() + "/" + file); }

  core::SystemClock clock_;
  aws::TestTracing tracing_;
  trace::SpanContext context_;
  aws::TemporaryFolder folder_;
};

TEST_F(JobTest, its_output_is_in_its_files_which_are_its_owners_alone) {
  const auto job = start("echo words; echo trouble >&2; exit 3");
  EXPECT_EQ(end_of(*job).shell_code(), 3);
  EXPECT_EQ(text("out"), "words\n");
  EXPECT_EQ(text("err"), "trouble\n");
  struct stat seen {};
  ASSERT_EQ(stat((folder_.path() + "/out").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0600U);
}

TEST_F(JobTest, has_signals_as_a_fresh_process_has_them_and_a_group_of_its_own) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto job = start("sleep 100 & wait");
  job->signal(SIGTERM);
  EXPECT_EQ(end_of(*job).signal, SIGTERM);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(getpgid(job->pid()), -1);
}

TEST_F(JobTest, reports_its_aws_calls_only_when_it_is_sampled) {
  const auto unsampled =
      start("echo \"[$AWS_CSM_ENABLED$AWS_XRAY_DAEMON_ADDRESS$OTEL_EXPORTER_OTLP_ENDPOINT]\"");
  end_of(*unsampled);
  EXPECT_EQ(text("out"), "[]\n");
  context_ = {{1, 2}, {3}, trace::kSampled, false};
  const auto sampled = start("echo \"[$AWS_CSM_ENABLED]\"");
  end_of(*sampled);
  EXPECT_EQ(text("out"), "[]\n[true]\n");
}

TEST_F(JobTest, says_what_its_programs_told_and_could_not_be_read) {
  context_ = {{1, 2}, {3}, trace::kSampled, false};
  JobRequest told = request(
      R"(exec bash -c 'printf %s "{\"format\":\"json\",\"version\":1}
" >"/dev/udp/${AWS_XRAY_DAEMON_ADDRESS/://}"')");
  std::string note;
  told.note = [&](const std::string& text) { note = text; };
  const auto job = start_process(std::move(told), clock_);
  ASSERT_TRUE(job);
  end_of(**job);
  EXPECT_THAT(note, HasSubstr("1 spans that the command sent could not be read"));
}

TEST_F(JobTest, a_program_that_is_not_there_is_named) {
  JobRequest bad = request("");
  bad.arguments = {"/no/such/program"};
  const auto job = start_process(std::move(bad), clock_);
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().code, core::Code::not_found);
  EXPECT_THAT(job.error().message, HasSubstr("/no/such/program"));
}

}  // namespace
}  // namespace spawn::agent
