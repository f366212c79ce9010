// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/spawn_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/test_commands.h"
#include "core/version.h"

namespace spawn::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kId = "65f0a1b2c3d4e5f60718293a4b5c6d7e";
constexpr const char* kSpan =
    R"({"trace_id":"65f0a1b2c3d4e5f60718293a4b5c6d7e","span_id":"00f067aa0ba902b7",)"
    R"("parent_span_id":"","name":"nightly","kind":"INTERNAL",)"
    R"("start":"2026-01-02T03:04:05.000000000Z","end":"2026-01-02T03:04:05.250000000Z",)"
    R"("duration_ms":250,"status":{"code":"UNSET"},"attributes":{},"events":[],"links":[],)"
    R"("resource":{"service.name":"spawn"}})"
    "\n";

class SpawnCommands : public CommandsTest {
 protected:
  int run(const std::vector<std::string>& arguments) {
    return spawn_commands(arguments, parts()).shell_code();
  }
  // One line, exit 2, nothing on stdout, nothing started.
  void expect_usage_error(const std::vector<std::string>& arguments, const std::string& line) {
    err_.str("");
    EXPECT_EQ(run(arguments), 2) << err_.str();
    EXPECT_THAT(err_.str(), HasSubstr(line));
    EXPECT_THAT(err_.str(), EndsWith("\n"));
    EXPECT_EQ(err_.str().find('\n'), err_.str().size() - 1) << err_.str();
    EXPECT_EQ(out_.str(), "");
    EXPECT_EQ(sinks_made_, 0);
  }
};

TEST_F(SpawnCommands, prints_the_version) {
  EXPECT_EQ(run({"version"}), 0);
  EXPECT_EQ(out_.str(), "spawn " + std::string(core::version()) + "\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(SpawnCommands, prints_help_for_every_command_to_stdout) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> helps = {
      {{"--help"}, "trace"},
      {{"-h"}, "version"},
      {{"trace", "--help"}, "show"},
      {{"trace", "run", "--help"}, "--exporter"},
      {{"trace", "show", "--help"}, "--from"},
      {{"version", "--help"}, "Print the version"},
  };
  for (const auto& [arguments, word] : helps) {
    out_.str("");
    EXPECT_EQ(run(arguments), 0);
    EXPECT_THAT(out_.str(), HasSubstr(word));
    EXPECT_EQ(err_.str(), "");
  }
}

TEST_F(SpawnCommands, leaves_help_after_the_dashes_to_the_command) {
  EXPECT_EQ(run({"trace", "run", "--", "sh", "-c", "exit 3", "--help"}), 3);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(SpawnCommands, suggests_the_nearest_command_and_option) {
  expect_usage_error({"trase"}, "spawn: unknown command 'trase'; did you mean 'trace'?");
  expect_usage_error({"trace", "rnu"}, "spawn trace: unknown command 'rnu'; did you mean 'run'?");
  expect_usage_error({"trace", "run", "--exportr=xray", "--", "true"},
                     "spawn trace run: unknown option '--exportr'; did you mean '--exporter'?");
}

TEST_F(SpawnCommands, names_what_is_missing) {
  expect_usage_error({}, "spawn: a command is missing: one of launch, list");
  expect_usage_error({"trace"}, "spawn trace: a command is missing: one of run, list, show");
  expect_usage_error({"trace", "run"}, "spawn trace run: no command: give it after '--'");
  expect_usage_error({"trace", "run", "--"}, "spawn trace run: no command: give it after '--'");
  expect_usage_error({"trace", "run", "aws", "s3", "ls"}, "'spawn trace run -- aws s3 ls'");
  expect_usage_error({"trace", "show"}, "spawn trace show: ID");
  expect_usage_error({"trace", "run", "--exporter"}, "spawn trace run: --exporter");
}

TEST_F(SpawnCommands, refuses_a_command_where_none_belongs) {
  expect_usage_error({"version", "--", "ls"}, "'--' has a meaning only for 'trace run'");
  expect_usage_error({"version", "extra"}, "unexpected argument 'extra'");
}

TEST_F(SpawnCommands, refuses_bad_settings_before_anything_starts) {
  const auto run_with = [](const std::string& option, const std::string& value) {
    return std::vector<std::string>{"trace", "run", option, value, "--", "false"};
  };
  expect_usage_error(run_with("--exporter", "xrya"), "'xrya' is no exporter; did you mean 'xray'?");
  expect_usage_error(run_with("--sampling", "2"), "'2' is no sampling rate");
  expect_usage_error(run_with("--sampling", "nan"), "'nan' is no sampling rate");
  expect_usage_error(run_with("--endpoint", "localhost:5000"), "localhost:5000");
}

TEST_F(SpawnCommands, takes_the_named_settings_file_and_no_other) {
  EXPECT_NE(run({"trace", "run", "--config", "/no/such/file.yaml", "--", "true"}), 0);
  EXPECT_THAT(err_.str(), HasSubstr("/no/such/file.yaml"));
  err_.str("");
  env_.set("SPAWN_CONFIG", "/no/such/other.yaml");
  EXPECT_NE(run({"trace", "run", "--", "true"}), 0);
  EXPECT_THAT(err_.str(), HasSubstr("/no/such/other.yaml"));
  EXPECT_EQ(sinks_made_, 0);
}

TEST_F(SpawnCommands, runs_a_command_traced_and_ends_like_it) {
  EXPECT_EQ(run({"trace", "run", "--name", "nightly", "--", "sh", "-c", "exit 7"}), 7);
  const auto root = log_.only("nightly");
  EXPECT_EQ(err_.str(), "spawn: trace " + root.trace_id.hex() + "; see it with: spawn trace show " +
                            root.trace_id.hex() + "\n");
  EXPECT_EQ(out_.str(), "");
}

TEST_F(SpawnCommands, names_no_trace_that_nobody_has) {
  Parts mine = parts();
  mine.make_sinks = [](const config::Settings&) -> core::Result<std::vector<telemetry::NamedSink>> {
    return core::fail(core::Code::invalid_argument, "no place");
  };
  EXPECT_EQ(spawn_commands({"trace", "run", "--", "true"}, mine).shell_code(), 0);
  EXPECT_EQ(err_.str(), "spawn: spans of this run are not exported: no place\n");
}

TEST_F(SpawnCommands, tells_the_signal_that_ended_the_command) {
  const auto status = spawn_commands({"trace", "run", "--", "sh", "-c", "kill -9 $$"}, parts());
  EXPECT_EQ(status.signal, SIGKILL);
}

TEST_F(SpawnCommands, ends_as_shells_do_when_the_command_cannot_be_started) {
  EXPECT_EQ(run({"trace", "run", "--", "no-such-command"}), 127);
  EXPECT_EQ(err_.str(), "spawn: no-such-command: command not found\n");
  err_.str("");
  EXPECT_EQ(run({"trace", "run", "--", "/etc/passwd"}), 126);
  EXPECT_THAT(err_.str(), StartsWith("spawn: /etc/passwd: cannot be executed"));
}

TEST_F(SpawnCommands, draws_the_trace_on_stderr_when_asked) {
  EXPECT_EQ(run({"trace", "run", "--show", "--name", "nightly", "--exporter", "none", "--", "sh",
                 "-c", "exit 3"}),
            3);
  EXPECT_THAT(err_.str(), HasSubstr("nightly"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(err_.str(), Not(HasSubstr("see it with")));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(SpawnCommands, shows_a_trace_on_stdout) {
  file_ = kSpan;
  EXPECT_EQ(run({"trace", "show", kId, "--from", "spans.jsonl"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("nightly"));
  EXPECT_THAT(out_.str(), HasSubstr("250"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b[")));
  EXPECT_EQ(asked_for_.from, "spans.jsonl");
}

TEST_F(SpawnCommands, takes_a_trace_id_in_x_rays_spelling) {
  file_ = kSpan;
  EXPECT_EQ(run({"trace", "show", "1-65F0A1B2-c3d4e5f60718293a4b5c6d7e"}), 0) << err_.str();
}

TEST_F(SpawnCommands, colours_when_told_to) {
  file_ = kSpan;
  EXPECT_EQ(run({"trace", "show", kId, "--color", "always"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("\x1b["));
}

TEST_F(SpawnCommands, asks_x_ray_with_what_was_given) {
  file_ = kSpan;
  EXPECT_EQ(run({"trace", "show", kId, "--endpoint", "http://127.0.0.1:5000", "--region",
                 "eu-west-1", "--profile", "dev"}),
            0);
  EXPECT_EQ(asked_for_.from, "xray");
  EXPECT_EQ(asked_for_.endpoint, "http://127.0.0.1:5000");
  EXPECT_EQ(asked_for_.region, "eu-west-1");
  EXPECT_EQ(asked_for_.profile, "dev");
}

TEST_F(SpawnCommands, ends_3_when_there_is_no_such_trace) {
  file_ = kSpan;
  EXPECT_EQ(run({"trace", "show", "1-00000000-000000000000000000000001", "--from", "spans.jsonl"}),
            3);
  EXPECT_THAT(err_.str(), StartsWith("spawn: "));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(SpawnCommands, refuses_what_is_no_trace_id_endpoint_or_colour) {
  expect_usage_error({"trace", "show", "42"}, "'42' is no trace id: expected 32 hex digits");
  expect_usage_error({"trace", "show", kId, "--endpoint", "nowhere"}, "--endpoint: 'nowhere'");
  expect_usage_error({"trace", "show", kId, "--color", "blue"},
                     "--color is auto, always or never, not 'blue'");
}

}  // namespace
}  // namespace spawn::cli
