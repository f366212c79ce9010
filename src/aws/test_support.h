// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tests of this room share: fixed credentials that are easy to grep for, a call to send,
// and a queue that keeps spans without an engine.
#pragma once

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/services/xray.h"
#include "telemetry/queue.h"
#include "telemetry/tracer.h"
#include "testing/fakes.h"

namespace spawn::aws {

inline constexpr const char* kTestKeyId = "AKIDEXAMPLEKEYID";
inline constexpr const char* kTestSecret = "wJalrXUtnFEMI-SECRET-bPxRfiCYEXAMPLEKEY";
inline constexpr const char* kTestToken = "FwoGZXIvYXdzEXAMPLE//TOKEN+value==";

inline Credentials test_credentials() {
  return {kTestKeyId, core::Secret(kTestSecret), core::Secret(kTestToken), {}, "test"};
}

class FixedCredentials final : public CredentialsProvider {
 public:
  explicit FixedCredentials(Credentials given = test_credentials())
      : credentials(std::move(given)) {}
  core::Result<Credentials> get() override { return credentials; }
  void forget() override {
    ++forgotten;
    if (next) credentials = *next;
  }

  Credentials credentials = test_credentials();
  std::optional<Credentials> next;  // what a refresh brings
  int forgotten = 0;
};

inline Call test_call() {
  Call call;
  call.service = &xray::kService;
  call.operation = "PutTraceSegments";
  call.region = "eu-west-1";
  call.url = *core::Url::parse("https://xray.eu-west-1.amazonaws.com/TraceSegments");
  call.headers = {{"Content-Type", "application/json"}};
  call.body = "{}";
  return call;
}

// Answers calls from a script; keeps what was asked.
class ScriptedCaller final : public Caller {
 public:
  Outcome call(const Call& call) override {
    calls.push_back(call);
    calls.back().body = std::string(call.body.view());  // which may be borrowed
    if (answers.empty()) return Reply{};
    Outcome next = std::move(answers.front());
    answers.pop_front();
    return next;
  }

  std::deque<Outcome> answers;
  std::vector<Call> calls;
};

// A folder of its own with files in it, gone at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "spawn-test-XXXXXX";
    SPAWN_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  // The path of the new file.
  std::string write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }

 private:
  std::string path_;
};

inline Reply good_reply(std::string body, http::Headers headers = {}) {
  Reply reply;
  reply.status = 200;
  reply.body = std::move(body);
  reply.headers = std::move(headers);
  return reply;
}

class CollectingQueue final : public telemetry::Queue {
 public:
  explicit CollectingQueue(spawn::testing::SpanLog& log) : log_(log) {}
  void push(trace::SpanRecord& record) noexcept override { log_.add(record); }

 private:
  spawn::testing::SpanLog& log_;
};

// A tracer that samples everything, on a fake clock, and the log of what it made.
struct TestTracing {
  spawn::testing::FakeClock clock;
  spawn::testing::FakeRng rng;
  spawn::testing::SpanLog log;
  CollectingQueue queue{log};
  trace::Resource resource;
  telemetry::Tracer tracer{&queue, trace::Rate::always(), resource, clock, rng};
};

}  // namespace spawn::aws
