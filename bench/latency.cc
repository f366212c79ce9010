// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a caller waits for tracing, with an X-Ray that answers, one that refuses connections and one
// that never answers: percentiles of a span with eight attributes, and of a whole traced call to an
// AWS that answers at once. The states take turns, so that the machine's moods meet all of them.
// The three rows should be the same, and a span cost at most a microsecond at p99: nothing on the
// caller's path waits for an exporter, or takes a lock. Ends 0 whatever it measured: a time is no
// gate.
//
//   spawn_latency [SPANS]    of each state; 200,000 unless said otherwise
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "aws/services/sts.h"
#include "aws/stack.h"
#include "core/env.h"
#include "http/curl_client.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"
#include "testing/loopback_server.h"
#include "workload.h"
#include "xray/sink.h"

namespace spawn::bench {
namespace {

class FixedCredentials final : public aws::CredentialsProvider {
 public:
  core::Result<aws::Credentials> get() override {
    return aws::Credentials{"AKIDEXAMPLE", core::Secret("secret"), {}, {}, "bench"};
  }
  void forget() override {}
};

// An X-Ray in one state, our exporter to it, and an engine in front of that.
class State {
 public:
  State(const char* name, std::string url) : name_(name) {
    plain_ = aws::make_plain_stack({client_, credentials_, clock_, rng_, aws::RetryPolicy{}});
    std::vector<telemetry::NamedSink> sinks;
    const aws::Endpoint endpoint{*core::Url::parse(url), "eu-west-1"};
    // As our programs do it: what is open for long is shown.
    sinks.push_back({.name = "xray",
                     .sink = std::make_unique<xray::XRaySink>(*plain_, endpoint, clock_, rng_),
                     .whole_traces = true,
                     .in_progress = true});
    trace::Resource resource;
    resource.set(trace::key::kServiceName, std::string("bench"));
    telemetry_ = std::make_unique<telemetry::Telemetry>(std::move(sinks), trace::Rate::always(),
                                                        std::move(resource), clock_, rng_);
    traced_ = aws::make_traced_stack({aws_, credentials_, clock_, rng_, aws::RetryPolicy{}},
                                     telemetry_->tracer());
  }

  void time_spans(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t began = clock_.steady_ns();
      {
        telemetry::Span span =
            telemetry_->tracer().start("ec2.DescribeInstances", trace::SpanKind::client);
        trace::SpanRecord* record = span.record();
        for_each_attribute(
            [&](std::string_view key, std::string_view value) { record->set(key, value); });
      }
      spans_.push_back(clock_.steady_ns() - began);
    }
  }

  void time_calls(std::size_t count) {
    const aws::Endpoint endpoint{*core::Url::parse("http://127.0.0.1:1"), "eu-west-1"};
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t began = clock_.steady_ns();
      const auto identity =
          aws::sts::get_caller_identity(*traced_, endpoint, core::Deadline::never());
      calls_.push_back(clock_.steady_ns() - began);
      SPAWN_CHECK(identity.has_value());
    }
    aws_.forget();
  }

  [[nodiscard]] long long span_p99() const { return span_p99_; }

  void print() {
    telemetry_->shutdown(core::Deadline::after(clock_, std::chrono::milliseconds(250)));
    const telemetry::Stats stats = telemetry_->stats();
    const auto& exporter = stats.exporters.at(0);
    span_p99_ = print_row("span", spans_);
    print_row("call", calls_);
    std::printf("  %-16s ended %llu, delivered %llu, dropped %llu, lost %llu\n", name_,
                static_cast<unsigned long long>(stats.ended),
                static_cast<unsigned long long>(exporter.delivered),
                static_cast<unsigned long long>(stats.dropped),
                static_cast<unsigned long long>(exporter.lost));
  }

 private:
  // Returns the p99.
  long long print_row(const char* what, std::vector<std::int64_t>& times) const {
    std::ranges::sort(times);
    const auto at = [&](double part) {
      const auto last = static_cast<double>(times.size() - 1);
      return static_cast<long long>(times[static_cast<std::size_t>(part * last)]);
    };
    std::printf("%-4s with X-Ray that %-16s %8lld %8lld %8lld %8lld %10lld\n", what, name_, at(0.5),
                at(0.9), at(0.99), at(0.999), at(1));
    return at(0.99);
  }

  const char* name_;
  core::SystemEnv env_;
  core::SystemClock clock_;
  core::SystemRng rng_;
  FixedCredentials credentials_;
  http::CurlClient client_{env_};
  testing::FakeClock fake_clock_;
  testing::FakeAws aws_{fake_clock_};
  std::unique_ptr<aws::Caller> plain_;
  std::unique_ptr<telemetry::Telemetry> telemetry_;
  std::unique_ptr<aws::Caller> traced_;
  std::vector<std::int64_t> spans_;
  std::vector<std::int64_t> calls_;
  long long span_p99_ = 0;
};

int run(std::size_t spans) {
  constexpr std::size_t kRounds = 20;
  core::SystemClock clock;
  testing::FakeAws healthy(clock);
  testing::LoopbackServer answering([&](const http::Request& request) {
    healthy.forget();
    return *healthy.send(request);
  });
  testing::LoopbackServer silent([](const http::Request&) {
    http::Reply never;
    never.status = 0;
    return never;
  });
  std::array states = {std::make_unique<State>("answers", answering.url()),
                       std::make_unique<State>("refuses", "http://127.0.0.1:1"),
                       std::make_unique<State>("never answers", silent.url())};
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (const auto& state : states) {
      state->time_spans(spans / kRounds);
      state->time_calls(spans / kRounds / 100);
    }
  }
  std::printf("%-36s %9s %8s %8s %8s %10s\n", "nanoseconds", "p50", "p90", "p99", "p99.9", "max");
  long long worst = 0;
  for (const auto& state : states) {
    state->print();
    worst = std::max(worst, state->span_p99());
  }
  std::printf("a span's p99, whatever X-Ray does: %lld ns; goal: 1000\n", worst);
  std::fflush(stdout);
  std::_Exit(0);  // an exporter still waits for its answer
}

}  // namespace
}  // namespace spawn::bench

int main(int argc, char** argv) {
  const long spans = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 200'000;
  if (argc > 2 || spans < 2'000) {
    std::fputs("usage: spawn_latency [SPANS]    2,000 at least\n", stderr);
    return 2;
  }
  return spawn::bench::run(static_cast<std::size_t>(spans));
}
