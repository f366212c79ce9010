// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tests of both programs' commands share: fakes for every part, and what came out.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <sstream>
#include <string>
#include <vector>

#include "cli/parts.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"
#include "trace/jsonl.h"
#include "xray/facts.h"

namespace spawn::cli {

// Writes the names of spans, and reads nothing.
class NamesFormat final : public trace::SpanFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "names"; }
  [[nodiscard]] core::Result<trace::SpanSet> read(std::string_view) const override {
    return core::fail(core::Code::invalid_argument, "these are no names");
  }
  void write(std::span<const trace::SpanRecord> spans, const trace::DocumentSettings&,
             core::CharBuffer& out) const override {
    for (const trace::SpanRecord& span : spans) {
      out.append(span.name());
      out.append("\n");
    }
  }
};

// A connection to what the test owns.
class SharedClient final : public http::Client {
 public:
  explicit SharedClient(http::Client& client) : client_(client) {}
  core::Result<http::Reply> send(const http::Request& request) override {
    return client_.send(request);
  }

 private:
  http::Client& client_;
};

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() {
    env_.set("PATH", "/usr/bin:/bin");
    env_.set("XDG_CONFIG_HOME", "/no/such/folder");
    pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
  }
  ~CommandsTest() override {
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    signal(SIGPIPE, SIG_DFL);
  }
  [[nodiscard]] Parts parts() {
    return {
        env_,
        clock_,
        rng_,
        out_,
        err_,
        {false, 0},
        {false, 0},
        [this](const config::Settings&) {
          ++sinks_made_;
          std::vector<telemetry::NamedSink> sinks;
          sinks.push_back({"xray", std::make_unique<testing::CollectingSink>(log_)});
          return sinks;
        },
        [this](const SourceRequest& request) -> core::Result<std::unique_ptr<trace::TraceSource>> {
          asked_for_ = request;
          auto source = trace::JsonLinesSource::parse(file_, request.from);
          if (!source) return core::fail(source.error());
          return std::move(*source);
        },
        [](const trace::Trace& trace) {
          return view::summarize(trace.id, xray::facts_of(trace.spans));
        },
        in_,
        {&lines_, &other_},
        [this] { return std::make_unique<SharedClient>(aws_); },
        false,
        false,
        package_folder_,
        "/no/such/spored",
        [this](const SourceRequest& request, bool) {
          asked_for_ = request;
          return findings_;
        }};
  }

  testing::FakeEnv env_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::SpanLog log_;
  int sinks_made_ = 0;
  trace::JsonLinesFormat lines_;
  NamesFormat other_;
  std::string file_;
  SourceRequest asked_for_;
  testing::FakeAws aws_{clock_};
  std::string package_folder_ = "/no/such/folder";
  trace::Findings findings_;  // what X-Ray says
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  sigset_t mask_;
};

}  // namespace spawn::cli
