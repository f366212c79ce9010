// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "cli/spawn_commands.h"
#include "cli/test_commands.h"

namespace spawn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kSpan =
    R"({"trace_id":"65f0a1b2c3d4e5f60718293a4b5c6d7e","span_id":"0123456789abcdef","name":"nightly",)"
    R"("start":"2026-01-02T03:04:05Z"})"
    "\n";

class TraceConvert : public CommandsTest {
 protected:
  int convert(const std::vector<std::string>& options, std::string input = std::string(kSpan)) {
    in_.str(std::move(input));
    in_.clear();
    std::vector<std::string> arguments = {"trace", "convert"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return spawn_commands(arguments, parts()).shell_code();
  }
};

TEST_F(TraceConvert, reads_stdin_and_writes_stdout) {
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), "nightly\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(TraceConvert, takes_a_dash_for_stdin) {
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names", "-"}), 0);
  EXPECT_EQ(out_.str(), "nightly\n");
}

TEST_F(TraceConvert, reads_a_file) {
  char path[] = "/tmp/spawn-convert-XXXXXX";
  close(mkstemp(path));
  std::ofstream(path) << kSpan << kSpan;
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names", path}, ""), 0);
  unlink(path);
  EXPECT_EQ(out_.str(), "nightly\nnightly\n");
}

TEST_F(TraceConvert, names_the_bad_span_writes_the_others_and_ends_1) {
  EXPECT_EQ(
      convert({"--from", "jsonl", "--to", "names"}, "{\"trace_id\":\"zz\"}\n" + std::string(kSpan)),
      1);
  EXPECT_EQ(out_.str(), "nightly\n");
  EXPECT_THAT(err_.str(), StartsWith("spawn: standard input: line 1: no whole span"));
}

TEST_F(TraceConvert, passes_over_lines_that_claim_to_be_no_span) {
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names"}, "hello\n" + std::string(kSpan)), 0);
  EXPECT_EQ(err_.str(), "spawn: standard input: 1 line is no span and was skipped\n");
}

TEST_F(TraceConvert, suggests_the_nearest_format) {
  EXPECT_EQ(convert({"--from", "jsnol", "--to", "names"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--from: 'jsnol' is no format; did you mean 'jsonl'?"));
  err_.str("");
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "zipkin"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--to: 'zipkin' is no format; there are jsonl, names"));
}

TEST_F(TraceConvert, wants_both_formats) {
  EXPECT_EQ(convert({"--from", "jsonl"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--to is missing: one of jsonl, names"));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(TraceConvert, says_that_the_input_is_of_another_format) {
  EXPECT_EQ(convert({"--from", "names", "--to", "jsonl"}), 1);
  EXPECT_EQ(err_.str(), "spawn: standard input: these are no names\n");
}

TEST_F(TraceConvert, ends_3_when_there_is_no_such_file) {
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names", "/no/such/file"}), 3);
  EXPECT_THAT(err_.str(), StartsWith("spawn: /no/such/file: "));
}

TEST_F(TraceConvert, refuses_choices_that_contradict_each_other_or_are_for_another_format) {
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names", "--annotate", "k"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--log-group are for --to xray"));
  err_.str("");
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names", "--no-annotations", "--annotate-all"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--no-annotations and --annotate-all contradict each other"));
}

// Also past the 64th attribute, in lists, events and the resource.
TEST_F(TraceConvert, hides_secrets_as_exporters_do) {
  std::string attributes;
  for (int i = 0; i < 70; ++i) attributes += "\"k" + std::to_string(i) + "\":1,";
  const std::string span =
      R"({"trace_id":"65f0a1b2c3d4e5f60718293a4b5c6d7e","span_id":"0123456789abcdef",)"
      R"("name":"GET /?sig=s3cr3t","start":"2026-01-02T03:04:05Z",)"
      R"("resource":{"service.name":"shop","db.password":"s3cr3t"},"attributes":{)" +
      attributes +
      R"("url.full":"https://u:s3cr3t@h/","db.connection_string":["scott/s3cr3t@db"]},)"
      R"("events":[{"name":"e","time":"2026-01-02T03:04:05Z",)"
      R"("attributes":{"url.full":"https://h/?token=s3cr3t"}}]})";
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "jsonl"}, span + "\n" + std::string(kSpan)), 0);
  EXPECT_THAT(out_.str(), Not(HasSubstr("s3cr3t")));
  for (const char* shown :
       {R"("name":"GET /?sig=REDACTED")", R"("service.name":"shop")", R"("db.password":"REDACTED")",
        R"("url.full":"https://u:REDACTED@h/")", R"(["scott/REDACTED@db"])",
        R"("url.full":"https://h/?token=REDACTED")", R"("k69":1)", R"("name":"nightly")"}) {
    EXPECT_THAT(out_.str(), HasSubstr(shown));
  }
}

TEST_F(TraceConvert, an_empty_input_is_no_mistake) {
  EXPECT_EQ(convert({"--from", "jsonl", "--to", "names"}, ""), 0);
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace spawn::cli
