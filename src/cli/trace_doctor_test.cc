// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/spawn_commands.h"
#include "cli/spored_commands.h"
#include "cli/test_commands.h"
#include "core/json.h"

namespace spawn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using State = trace::Finding::State;

class TraceDoctor : public CommandsTest {
 protected:
  TraceDoctor() { std::filesystem::create_directory(folder_); }
  ~TraceDoctor() override { std::filesystem::remove_all(folder_); }

  // With these settings below observability.tracing.
  int doctor(const std::string& settings, std::vector<std::string> options = {}) {
    const std::string file = folder_ + "/local.yaml";
    std::ofstream(file) << "observability:\n  tracing:\n" << settings;
    std::vector<std::string> arguments = {"trace", "doctor", "--config", file};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return spawn_commands(arguments, parts()).shell_code();
  }

  std::string folder_ = "/tmp/spawn-doctor-" + std::to_string(getpid());
};

constexpr const char* kGood = "    enabled: true\n    sampling_rate: 1.0\n";

TEST_F(TraceDoctor, ends_0_when_all_is_well) {
  findings_ = {{"region", State::ok, "eu-west-1", ""}, {"index", State::unknown, "?", ""}};
  EXPECT_EQ(doctor(kGood), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("ok       region"));
  EXPECT_THAT(out_.str(), HasSubstr("unknown  index"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("problem")));
}

TEST_F(TraceDoctor, ends_1_and_names_the_cure_when_x_ray_has_a_problem) {
  findings_ = {{"clock", State::problem, "600 s behind", "start chrony"}};
  EXPECT_EQ(doctor(kGood), 1);
  EXPECT_THAT(out_.str(), HasSubstr("problem  clock"));
  EXPECT_THAT(out_.str(), HasSubstr("start chrony"));
}

TEST_F(TraceDoctor, finds_that_tracing_is_not_enabled) {
  EXPECT_EQ(doctor("    enabled: false\n"), 1);
  EXPECT_THAT(out_.str(), HasSubstr("not enabled"));
  EXPECT_THAT(out_.str(), HasSubstr("spored config set tracing-enabled true"));
}

TEST_F(TraceDoctor, finds_that_nothing_is_exported) {
  EXPECT_EQ(doctor("    enabled: true\n    exporter: none\n"), 1);
  EXPECT_THAT(out_.str(), HasSubstr("spans go nowhere"));
  EXPECT_THAT(out_.str(), HasSubstr("spawn:tracing-exporter to xray"));
  EXPECT_EQ(asked_for_.from, "") << "X-Ray is none of its business";
}

TEST_F(TraceDoctor, finds_that_no_trace_is_recorded) {
  EXPECT_EQ(doctor("    enabled: true\n    sampling_rate: 0\n"), 1);
  EXPECT_THAT(out_.str(), HasSubstr("no trace is ever recorded"));
  EXPECT_THAT(out_.str(), HasSubstr("spawn:tracing-sampling above 0"));
}

TEST_F(TraceDoctor, tells_the_odds_of_a_rate) {
  EXPECT_EQ(doctor("    enabled: true\n    sampling_rate: 0.1\n"), 0);
  EXPECT_THAT(out_.str(), HasSubstr("one trace in 10 is recorded"));
  EXPECT_THAT(out_.str(), HasSubstr("run 29 times"));
}

TEST_F(TraceDoctor, finds_settings_that_are_wrong) {
  EXPECT_EQ(doctor("    enabeld: true\n"), 1);
  EXPECT_THAT(out_.str(), HasSubstr("local.yaml:3"));
  EXPECT_THAT(out_.str(), HasSubstr("mend that line"));
}

TEST_F(TraceDoctor, tells_the_odds_of_the_smallest_rate) {
  EXPECT_EQ(doctor("    enabled: true\n    sampling_rate: 1e-17\n"), 0);
  EXPECT_THAT(out_.str(), HasSubstr("run 29957322735539"));
}

class DoctorOfSpool : public TraceDoctor {
 protected:
  DoctorOfSpool() { std::filesystem::create_directory(spool_); }
  void add(const std::string& name, std::uintmax_t bytes) {
    std::ofstream(spool_ + "/" + name) << "x";
    std::filesystem::resize_file(spool_ + "/" + name, bytes);
  }
  int doctor_of(const std::string& spool, std::uintmax_t least_free = 0) {
    DoctorOptions options;
    options.config = folder_ + "/local.yaml";
    std::ofstream(options.config) << "observability:\n  tracing:\n" << kGood;
    DoctorStyle style{"spored", options.config, spool};
    style.least_free = least_free;
    return trace_doctor(options, style, parts());
  }

  std::string spool_ = folder_ + "/spool";
};

TEST_F(DoctorOfSpool, finds_one_that_is_nearly_full) {
  add("a.0.spans", 60U << 20);
  EXPECT_EQ(doctor_of(spool_), 1);
  EXPECT_THAT(out_.str(), HasSubstr("62.9 MB wait in " + spool_));
  EXPECT_THAT(out_.str(), HasSubstr("spored flush"));
}

TEST_F(DoctorOfSpool, counts_only_files_of_the_spool) {
  add("a.spool", 1'000'000);
  add("a.0.spans", 1'000'000);
  add("filler", 60U << 20);
  EXPECT_EQ(doctor_of(spool_), 0);
  EXPECT_THAT(out_.str(), HasSubstr("2.0 MB wait in " + spool_ + "\n"));
}

TEST_F(DoctorOfSpool, that_is_not_there_yet_is_well) {
  EXPECT_EQ(doctor_of(folder_ + "/no/such/spool"), 0);
  EXPECT_THAT(out_.str(), HasSubstr("ok       spool     empty\n"));
}

TEST_F(DoctorOfSpool, finds_one_that_cannot_be_written) {
  add("file", 1);
  EXPECT_EQ(doctor_of(spool_ + "/file/spool"), 1);
  EXPECT_THAT(out_.str(), HasSubstr("problem  spool     " + spool_ +
                                    "/file cannot be written: Not a directory"));
  EXPECT_THAT(out_.str(), HasSubstr("lost with its process"));
}

TEST_F(DoctorOfSpool, finds_that_its_disk_is_full) {
  EXPECT_EQ(doctor_of(folder_ + "/no/such/spool", UINTMAX_MAX), 1);
  EXPECT_THAT(out_.str(), HasSubstr("problem  spool     empty; "));
  EXPECT_THAT(out_.str(), HasSubstr("MB are free in " + folder_));
  EXPECT_THAT(out_.str(), HasSubstr("make room"));
}

TEST_F(TraceDoctor, hands_on_where_to_look) {
  (void)doctor(kGood, {"--endpoint", "http://x.test:1", "--region", "r", "--profile", "p"});
  EXPECT_EQ(asked_for_.endpoint, "http://x.test:1/");
  EXPECT_EQ(asked_for_.region, "r");
  EXPECT_EQ(asked_for_.profile, "p");
}

TEST_F(TraceDoctor, speaks_json) {
  findings_ = {{"clock", State::problem, "600 s behind", "start chrony"}};
  EXPECT_EQ(doctor(kGood, {"--output", "json"}), 1);
  const auto json = core::Json::parse(out_.str());
  ASSERT_TRUE(json);
  EXPECT_FALSE(*json->find("healthy")->boolean());
  const core::Json& last = json->find("checks")->array()->back();
  EXPECT_EQ(last.text_at("check"), "clock");
  EXPECT_EQ(last.text_at("state"), "problem");
  EXPECT_EQ(last.text_at("cure"), "start chrony");
}

TEST_F(TraceDoctor, refuses_an_output_that_there_is_not) {
  EXPECT_EQ(doctor(kGood, {"--output", "xml"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--output is text or json, not 'xml'"));
}

TEST_F(TraceDoctor, is_a_command_of_the_agent_too) {
  findings_ = {{"clock", State::problem, "600 s behind", "start chrony"}};
  env_.set("SPAWN_CONFIG", folder_ + "/local.yaml");
  std::ofstream(folder_ + "/local.yaml") << "observability:\n  tracing:\n" << kGood;
  EXPECT_EQ(spored_commands({"trace", "doctor"}, parts()).shell_code(), 1);
  EXPECT_THAT(out_.str(), HasSubstr("start chrony"));
}

}  // namespace
}  // namespace spawn::cli
