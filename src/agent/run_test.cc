// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "core/file.h"
#include "core/text.h"
#include "testing/fakes.h"
#include "testing/hanging_sink.h"

namespace spawn::agent {
namespace {

using spawn::testing::CollectingSink;
using spawn::testing::FakeClock;
using spawn::testing::FakeEnv;
using spawn::testing::FakeRng;
using spawn::testing::OwnedSpan;
using spawn::testing::SpanLog;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kParent = "00-65f0a1b2c3d4e5f60718293a4b5c6d7e-00f067aa0ba902b7-01";
constexpr const char* kUnsampledParent = "00-65f0a1b2c3d4e5f60718293a4b5c6d7e-00f067aa0ba902b7-00";

// What bash sends as an unmodified SDK would: an attempt, with credentials, and its call.
constexpr const char* kSdk = R"sh(
head="\"Version\":1,\"ClientId\":\"$AWS_CSM_CLIENT_ID\",\"Service\":\"S3\",\"Api\":\"GetObject\""
exec 3>"/dev/udp/$AWS_CSM_HOST/$AWS_CSM_PORT"
printf '%s' "{$head,\"Type\":\"ApiCallAttempt\",\"Timestamp\":1767323045001,\"AttemptLatency\":50,\
\"HttpStatusCode\":404,\"AccessKey\":\"ASIAIOSFODNN7EXAMPLE\",\"SessionToken\":\"FwoGZXIvYXdzTOKEN\",\
\"XAmzRequestId\":\"REQ1\",\"AwsException\":\"NoSuchKey\",\
\"AwsExceptionMessage\":\"no key; x-amz-security-token:FwoGZXIvYXdzTOKEN\"}" >&3
printf '%s' "{$head,\"Type\":\"ApiCall\",\"Timestamp\":1767323045000,\"Latency\":57,\
\"AttemptCount\":1,\"FinalHttpStatusCode\":404,\"FinalAwsException\":\"NoSuchKey\",\
\"FinalAwsExceptionMessage\":\"no key; x-amz-security-token:FwoGZXIvYXdzTOKEN\"}" >&3
)sh";

config::Flags exporter(const std::string& names) { return {names, std::nullopt, std::nullopt}; }
config::Flags sampling(const std::string& rate) { return {std::nullopt, rate, std::nullopt}; }

class BrokenSink final : public trace::SpanSink {
 public:
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    return {0, batch.size(), "connection refused (http://127.0.0.1:9)"};
  }
};

// run() leaves signals blocked, since its program ends soon after; a test goes on.
class RunTest : public ::testing::Test {
 protected:
  RunTest() {
    char name[] = "/tmp/spawn-run-XXXXXX";
    close(mkstemp(name));
    out_ = name;
    env_.set("PATH", "/usr/bin:/bin");
    env_.set("OUT", out_);
    pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
  }
  ~RunTest() override {
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    signal(SIGPIPE, SIG_DFL);
    unlink(out_.c_str());
  }

  core::Result<RunResult> run_shell(const std::string& script, config::Flags flags = {}) {
    request_.command = {"bash", "-c", script};
    return run_request(std::move(flags));
  }
  core::Result<RunResult> run_request(config::Flags flags = {}) {
    config::Sources sources;
    sources.file = "/no/such/file";
    sources.flags = std::move(flags);
    sources.asked_for_tracing = asked_for_tracing_;
    const auto settings = config::resolve(sources, FakeEnv());
    if (!settings) return core::fail(settings.error());
    return run(std::move(request_), *settings,
               {env_, clock_, rng_, make_sinks_,
                [this](const std::string& text) { notes_.push_back(text); }});
  }
  // For runs that become the command: in a process of its own. Returns its wait status.
  int run_shell_in_fork(const std::string& script, config::Flags flags = {}) {
    const pid_t pid = fork();
    if (pid == 0) {
      (void)run_shell(script, std::move(flags));
      _exit(99);
    }
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    return status;
  }
  // What `env >"$OUT"` wrote.
  [[nodiscard]] std::map<std::string, std::string> child_environment() const {
    std::map<std::string, std::string> environment;
    const auto text = core::read_file(out_);
    for (const std::string_view line : core::split(*text, '\n')) {
      const auto equals = line.find('=');
      if (equals == std::string_view::npos) continue;
      environment[std::string(line.substr(0, equals))] = line.substr(equals + 1);
    }
    return environment;
  }
  void sink(std::unique_ptr<trace::SpanSink> made) {
    shared_ = std::move(made);
    make_sinks_ = [this](const config::Settings&) {
      std::vector<telemetry::NamedSink> sinks;
      sinks.push_back({"xray", std::move(shared_)});
      return sinks;
    };
  }

  FakeEnv env_;
  FakeClock clock_;
  FakeRng rng_;
  SpanLog log_;
  std::unique_ptr<trace::SpanSink> shared_;
  MakeSinks make_sinks_ = [this](const config::Settings&) {
    std::vector<telemetry::NamedSink> sinks;
    sinks.push_back({"xray", std::make_unique<CollectingSink>(log_)});
    return sinks;
  };
  RunRequest request_{"spawn", {}, {}, nullptr};
  bool asked_for_tracing_ = true;
  std::vector<std::string> notes_;
  std::string out_;
  sigset_t mask_;
};

TEST_F(RunTest, makes_a_span_of_the_command) {
  request_.command = {"/bin/sh", "-c", "exit 3"};
  const auto result = run_request();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->status.code, 3);
  const OwnedSpan root = log_.only("sh");
  EXPECT_EQ(root.trace_id, result->trace_id);
  EXPECT_EQ(root.kind, trace::SpanKind::internal);
  EXPECT_FALSE(root.parent_id.valid());
  EXPECT_EQ(root.text("process.executable.name"), "sh");
  EXPECT_EQ(root.text("process.exit.code"), "3");
  EXPECT_NE(root.text("process.pid"), "");
  EXPECT_EQ(root.text("error"), "true");
  EXPECT_EQ(root.text("error.type"), "3");
  EXPECT_EQ(root.status, trace::StatusCode::error);
  EXPECT_EQ(root.status_message, "exit status 3");
  EXPECT_EQ(root.attributes.size(), 5U);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(RunTest, takes_the_name_that_was_given) {
  request_.name = "nightly";
  ASSERT_TRUE(run_shell("true"));
  EXPECT_EQ(log_.only("nightly").text("error"), "false");
}

TEST_F(RunTest, names_the_signal_that_killed_the_command) {
  const auto result = run_shell("kill -KILL $$");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status.signal, SIGKILL);
  const OwnedSpan root = log_.only("bash");
  EXPECT_EQ(root.text("error.type"), "SIGKILL");
  EXPECT_EQ(root.status_message, "killed by SIGKILL");
  EXPECT_FALSE(root.attributes.contains("process.exit.code"));
}

TEST_F(RunTest, hands_the_context_and_the_reporting_variables_to_the_child) {
  env_.set("TRACEPARENT", kParent);
  env_.set("TRACESTATE", "vendor=1");
  env_.set("BAGGAGE", "k=v");
  ASSERT_TRUE(run_shell("env >\"$OUT\""));
  const OwnedSpan root = log_.only("bash");
  EXPECT_EQ(root.trace_id.hex(), "65f0a1b2c3d4e5f60718293a4b5c6d7e");
  EXPECT_EQ(root.parent_id.hex(), "00f067aa0ba902b7");
  EXPECT_TRUE(root.parent_remote);
  auto child = child_environment();
  EXPECT_EQ(child["TRACEPARENT"],
            fmt::format("00-{}-{}-01", root.trace_id.hex(), root.span_id.hex()));
  EXPECT_EQ(child["TRACESTATE"], "vendor=1");
  EXPECT_EQ(child["BAGGAGE"], "k=v");
  EXPECT_EQ(child["_X_AMZN_TRACE_ID"],
            fmt::format("Root={};Parent={};Sampled=1", root.trace_id.xray(), root.span_id.hex()));
  EXPECT_EQ(child["AWS_CSM_ENABLED"], "true");
  EXPECT_EQ(child["AWS_CSM_HOST"], "127.0.0.1");
  EXPECT_NE(child["AWS_CSM_PORT"], "");
  EXPECT_NE(child["AWS_CSM_CLIENT_ID"], "");
}

TEST_F(RunTest, makes_spans_of_the_commands_aws_calls) {
  ASSERT_TRUE(run_shell(kSdk));
  const OwnedSpan root = log_.only("bash");
  const OwnedSpan call = log_.only("S3.GetObject");
  const OwnedSpan attempt = log_.only("attempt 1");
  EXPECT_EQ(call.trace_id, root.trace_id);
  EXPECT_EQ(call.parent_id, root.span_id);
  EXPECT_EQ(call.text("error.type"), "NoSuchKey");
  EXPECT_EQ(call.text("aws.request_id"), "REQ1");
  EXPECT_EQ(attempt.parent_id, call.span_id);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(RunTest, lets_no_secret_into_a_span) {
  env_.set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG");
  request_.name = "secrets";
  ASSERT_TRUE(run_shell(std::string(kSdk) + "\ntrue --password=hunter2"));
  ASSERT_EQ(log_.spans().size(), 3U);
  for (const OwnedSpan& span : log_.spans()) {
    std::string all = span.name + "\n" + span.status_message;
    for (const auto& [key, value] : span.attributes) all += "\n" + key + "=" + span.text(key);
    for (const char* secret :
         {"ASIAIOSFODNN7EXAMPLE", "FwoGZXIvYXdz", "wJalrXUtnFEMI", "hunter2"}) {
      EXPECT_THAT(all, ::testing::Not(HasSubstr(secret))) << span.name;
    }
  }
}

TEST_F(RunTest, passes_an_unsampled_context_on_and_reports_nothing_at_rate_zero) {
  const int status = run_shell_in_fork("env >\"$OUT\"; exit 4", sampling("0"));
  EXPECT_EQ(WEXITSTATUS(status), 4);
  auto child = child_environment();
  EXPECT_THAT(child["TRACEPARENT"], ::testing::MatchesRegex("00-[0-9a-f]+-[0-9a-f]+-00"));
  EXPECT_THAT(child["_X_AMZN_TRACE_ID"], HasSubstr("Sampled=0"));
  EXPECT_FALSE(child.contains("TRACESTATE"));
  EXPECT_FALSE(child.contains("AWS_CSM_ENABLED"));
  EXPECT_FALSE(child.contains("AWS_CSM_CLIENT_ID"));
}

TEST_F(RunTest, obeys_an_unsampled_parent_whatever_the_rate_is) {
  env_.set("TRACEPARENT", kUnsampledParent);
  env_.set("TRACESTATE", "vendor=1");
  make_sinks_ = [](const config::Settings&) -> core::Result<std::vector<telemetry::NamedSink>> {
    _exit(98);  // nobody may even ask for an exporter
  };
  EXPECT_EQ(WEXITSTATUS(run_shell_in_fork("env >\"$OUT\"", sampling("1"))), 0);
  auto child = child_environment();
  EXPECT_EQ(child["TRACEPARENT"], kUnsampledParent);
  EXPECT_EQ(child["TRACESTATE"], "vendor=1");
  EXPECT_FALSE(child.contains("AWS_CSM_ENABLED"));
}

TEST_F(RunTest, gives_a_trace_that_x_ray_named_alone_and_did_not_sample_a_span_id) {
  env_.set("_X_AMZN_TRACE_ID", "Root=1-65f0a1b2-c3d4e5f60718293a4b5c6d7e;Sampled=0");
  run_shell_in_fork("env >\"$OUT\"");
  EXPECT_THAT(child_environment()["TRACEPARENT"],
              ::testing::MatchesRegex("00-65f0a1b2c3d4e5f60718293a4b5c6d7e-[0-9a-f]+-00"));
}

TEST_F(RunTest, passes_a_sampled_context_on_untouched_when_nothing_is_exported) {
  env_.set("TRACEPARENT", kParent);
  run_shell_in_fork("env >\"$OUT\"", exporter("none"));
  EXPECT_EQ(child_environment()["TRACEPARENT"], kParent);
  EXPECT_FALSE(child_environment().contains("AWS_CSM_ENABLED"));
}

TEST_F(RunTest, makes_a_sampled_context_though_nothing_is_exported) {
  run_shell_in_fork("env >\"$OUT\"", exporter("none"));
  EXPECT_THAT(child_environment()["TRACEPARENT"],
              ::testing::MatchesRegex("00-[0-9a-f]+-[0-9a-f]+-0[13]"));
}

TEST_F(RunTest, leaves_the_environment_alone_when_tracing_is_off) {
  asked_for_tracing_ = false;
  env_.set("TRACEPARENT", "as it came");
  EXPECT_EQ(WEXITSTATUS(run_shell_in_fork("env >\"$OUT\"; exit 6")), 6);
  EXPECT_EQ(child_environment()["TRACEPARENT"], "as it came");
  EXPECT_FALSE(child_environment().contains("_X_AMZN_TRACE_ID"));
}

TEST_F(RunTest, begins_a_new_trace_with_one_note_when_traceparent_is_malformed) {
  env_.set("TRACEPARENT", "nonsense");
  env_.set("TRACESTATE", "vendor=1");
  ASSERT_TRUE(run_shell("env >\"$OUT\""));
  EXPECT_THAT(notes_,
              ElementsAre("spawn: TRACEPARENT is no W3C trace context; a new trace begins"));
  EXPECT_FALSE(log_.only("bash").parent_id.valid());
  EXPECT_EQ(child_environment()["TRACESTATE"], "ot=th:0");
}

TEST_F(RunTest, runs_the_command_though_the_exporter_cannot_be_made) {
  make_sinks_ = [](const config::Settings&) -> core::Result<std::vector<telemetry::NamedSink>> {
    return core::fail(core::Code::invalid_argument, "no region");
  };
  const auto result = run_shell("exit 5");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status.code, 5);
  EXPECT_THAT(notes_, ElementsAre("spawn: spans of this run are not exported: no region"));
}

TEST_F(RunTest, says_in_one_line_how_many_spans_were_not_delivered_and_why) {
  sink(std::make_unique<BrokenSink>());
  const auto result = run_shell(std::string(kSdk) + "\nexit 5");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status.code, 5);
  EXPECT_EQ(result->not_delivered, 3U);
  EXPECT_THAT(notes_, ElementsAre("spawn: 3 of 3 spans were not delivered to xray: connection "
                                  "refused (http://127.0.0.1:9)"));
}

TEST_F(RunTest, is_not_held_up_by_an_exporter_that_hangs) {
  spawn::testing::Hang hang;
  sink(hang.sink());
  const auto before = std::chrono::steady_clock::now();
  const auto result = run_shell("exit 5");
  const auto took = std::chrono::steady_clock::now() - before;
  hang.let_go();
  hang.wait_until_gone();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status.code, 5);
  EXPECT_EQ(result->not_delivered, 1U);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_THAT(notes_[0], HasSubstr("1 of 1 spans were not delivered to xray: "));
  EXPECT_LT(took, std::chrono::seconds(5));
}

TEST_F(RunTest, gives_a_copy_of_every_span_whatever_the_exporters_are) {
  SpanLog copy;
  request_.copy_to = std::make_unique<CollectingSink>(copy);
  ASSERT_TRUE(run_shell(kSdk, exporter("none")));
  EXPECT_EQ(copy.spans().size(), 3U);
}

TEST_F(RunTest, reports_a_command_that_cannot_be_started_and_exports_nothing) {
  request_.command = {"no-such-command"};
  const auto result = run_request();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, core::Code::not_found);
  EXPECT_THAT(log_.spans(), IsEmpty());
}

}  // namespace
}  // namespace spawn::agent
