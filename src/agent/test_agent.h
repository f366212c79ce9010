// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// An agent on FakeAws with a fake clock, for tests: what it was launched with, the processes it
// would have started, what it exported and said.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/agent.h"
#include "aws/stack.h"
#include "aws/test_support.h"
#include "handoff/dynamodb_registry.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"

namespace spawn::agent {

// A command that ends when the test says so.
class FakeJob final : public Job {
 public:
  struct State {
    JobRequest request;
    std::optional<ExitStatus> ended;
    std::vector<int> signals;
  };
  explicit FakeJob(std::shared_ptr<State> state) : state_(std::move(state)) {}
  [[nodiscard]] pid_t pid() const override { return 4711; }
  std::optional<ExitStatus> poll() override { return state_->ended; }
  void signal(int number) override { state_->signals.push_back(number); }

 private:
  std::shared_ptr<State> state_;
};

// X-Ray's sampling rules, as the test has them.
class FakeRules final : public trace::RootSampler {
 public:
  bool keeps(std::string_view, trace::SpanKind, std::uint64_t) override {
    ++asked;
    return kept;
  }
  [[nodiscard]] std::string state() const override { return "by the rules of the test"; }
  bool kept = true;
  int asked = 0;
};

// What the machine of an agent is, beside FakeAws which all machines share.
struct FakeMachine {
  explicit FakeMachine(testing::FakeClock& with_clock, http::Client& with_client,
                       testing::SpanLog& with_log, std::uint64_t seed = 1)
      : clock(with_clock), client(with_client), log(with_log), rng(seed) {
    env.set("AWS_ACCESS_KEY_ID", aws::kTestKeyId);
    env.set("AWS_SECRET_ACCESS_KEY", aws::kTestSecret);
    env.set("AWS_REGION", "eu-west-1");
    env.set("RUNTIME_DIRECTORY", folder.path() + "/run");
    env.set("LOGS_DIRECTORY", folder.path() + "/log");
    env.set("STATE_DIRECTORY", folder.path() + "/state");
    env.set("PATH", "/usr/bin:/bin");
  }

  AgentParts parts() {
    return {env,
            clock,
            rng,
            client,
            [this](const config::Settings&) -> core::Result<std::vector<telemetry::NamedSink>> {
              std::vector<telemetry::NamedSink> sinks;
              sinks.push_back({"xray", make_sink ? make_sink()
                                                 : std::make_unique<testing::CollectingSink>(log)});
              return sinks;
            },
            [this](JobRequest request) -> core::Result<std::unique_ptr<Job>> {
              jobs.push_back(std::make_shared<FakeJob::State>(
                  FakeJob::State{std::move(request), std::nullopt, {}}));
              return std::make_unique<FakeJob>(jobs.back());
            },
            [this] { return ticks; },
            [this](const std::string& text) { notes.push_back(text); },
            false,
            [this](const config::Settings& settings) {
              return settings.sampling.value.remote ? trace::Sampling(rules)
                                                    : fixed_sampling(settings);
            }};
  }
  // The settings file, made of tags.
  config::Sources settings(const config::Tags& tags) {
    config::Sources sources;
    sources.file = folder.write("local.yaml", config::yaml_of(tags));
    sources.file_required = true;
    return sources;
  }
  [[nodiscard]] std::string environment_of_job(const std::string& name) const {
    for (const std::string& entry : jobs.back()->request.environment.entries()) {
      if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
    }
    return "";
  }

  testing::FakeClock& clock;
  http::Client& client;
  testing::SpanLog& log;
  testing::FakeRng rng;
  testing::FakeEnv env;
  aws::TemporaryFolder folder;
  std::function<std::unique_ptr<trace::SpanSink>()> make_sink;
  std::vector<std::shared_ptr<FakeJob::State>> jobs;
  std::optional<CpuTicks> ticks;
  std::vector<std::string> notes;
  FakeRules rules;  // of `tracing-sampling: remote`
};

}  // namespace spawn::agent
