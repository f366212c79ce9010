// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// soak [CALLS]: mixed calls of every service (200,000 unless said otherwise; operations.h) against
// FakeAws from two threads, a stack each and one Telemetry, with faults on the way, half of the
// time below a parent. Ends 0 when every span is accounted for (ended = delivered + dropped, and
// ended is what the calls made) and the memory at the end is what it was after a fifth of the
// calls.
#include <unistd.h>

#include <array>
#include <atomic>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "aws/stack.h"
#include "core/text.h"
#include "operations.h"
#include "telemetry/telemetry.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"

namespace {

using namespace spawn;

#if defined(SPAWN_SANITIZED)
constexpr bool kMemoryIsOurs = false;  // a sanitizer keeps some for itself
#else
constexpr bool kMemoryIsOurs = true;
#endif
constexpr std::int64_t kMayGrowBytes = 2 << 20;

constexpr std::array kFaults = {testing::Fault::Kind::status,    testing::Fault::Kind::reset,
                                testing::Fault::Kind::truncated, testing::Fault::Kind::garbage,
                                testing::Fault::Kind::expired,   testing::Fault::Kind::hang,
                                testing::Fault::Kind::refused,   testing::Fault::Kind::delay};

class TwoCredentials final : public aws::CredentialsProvider {
 public:
  core::Result<aws::Credentials> get() override {
    return aws::Credentials{"AKID" + std::to_string(forgotten_),
                            core::Secret("secret"),
                            core::Secret("token"),
                            {},
                            "soak"};
  }
  void forget() override { ++forgotten_; }

 private:
  int forgotten_ = 0;
};

// How many spans the calls that pass must have made: one, and one for each attempt. A poll without
// a parent makes one at most.
class CountingCaller final : public aws::Caller {
 public:
  CountingCaller(aws::Caller& inner, std::atomic<std::int64_t>& calls,
                 std::atomic<std::uint64_t>& spans)
      : inner_(inner), calls_(calls), spans_(spans) {}
  aws::Outcome call(const aws::Call& call) override {
    const bool polls = call.is_idle != nullptr && !telemetry::current().decided;
    aws::Outcome outcome = inner_.call(call);
    ++calls_;
    if (polls) {
      spans_ += outcome && call.is_idle(*outcome) ? 0 : 1;
    } else {
      const int attempts = outcome ? outcome->attempts : outcome.error().attempts;
      spans_ += 1 + static_cast<std::uint64_t>(attempts);
    }
    return outcome;
  }

 private:
  aws::Caller& inner_;
  std::atomic<std::int64_t>& calls_;
  std::atomic<std::uint64_t>& spans_;
};

class CountingSink final : public trace::SpanSink {
 public:
  explicit CountingSink(std::atomic<std::uint64_t>& written) : written_(written) {}
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    written_ += batch.size();
    return {batch.size(), 0, {}};
  }

 private:
  std::atomic<std::uint64_t>& written_;
};

std::int64_t resident_bytes() {
  std::int64_t total = 0;
  std::int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

struct Soak {
  explicit Soak(std::int64_t how_many) : calls(how_many) {}

  const std::int64_t calls;
  testing::FakeClock fake_clock;  // of the calls: no back-off is waited for
  core::SystemClock clock;        // of the engine
  core::SystemRng rng;
  testing::FakeAws aws{fake_clock};
  std::atomic<std::uint64_t> made{0};
  std::atomic<std::uint64_t> written{0};
  std::atomic<std::int64_t> done{0};    // calls
  std::atomic<std::int64_t> rounds{0};  // operations begun
  std::atomic<std::int64_t> bytes_after_a_fifth{0};

  void run_thread(telemetry::Tracer& tracer) {
    TwoCredentials credentials;
    const auto stack =
        aws::make_traced_stack({aws, credentials, fake_clock, rng, aws::RetryPolicy{}}, tracer);
    CountingCaller caller(*stack, done, made);
    soak::Worker worker{caller, tracer, made};
    while (done < calls) {
      const std::int64_t i = rounds++;
      std::int64_t none = 0;
      if (done >= calls / 5) bytes_after_a_fifth.compare_exchange_strong(none, resident_bytes());
      if (i % 100 == 0) {
        aws.forget();
        soak::prepare(worker);
      }
      const auto all = soak::operations();
      const soak::Operation& operation = all[static_cast<std::size_t>(i) % all.size()];
      if (i % 10 == 0) inject(operation.service, i / 10);
      run(operation, worker, i % 2 == 0);
    }
  }

 private:
  void inject(const char* service, std::int64_t number) {
    testing::Fault fault;
    fault.kind = kFaults.at(static_cast<std::size_t>(number) % kFaults.size());
    fault.status = number % 2 == 0 ? 429 : 503;
    aws.inject(service, fault);
  }
  void run(const soak::Operation& operation, soak::Worker& worker, bool has_parent) {
    if (!has_parent) return operation.run(worker);
    telemetry::Span parent = worker.tracer.start("soak");
    ++made;
    const telemetry::Scope scope(parent.context());
    operation.run(worker);
  }
};

}  // namespace

int main(int argc, char** argv) {
  const auto calls = core::parse_int(argc > 1 ? argv[1] : "200000");
  if (!calls || *calls < 100) {
    std::cerr << "usage: soak [CALLS]    at least 100\n";
    return 2;
  }
  Soak soak(*calls);
  soak.aws.set_function("soak",
                        [](const testing::FunctionCall&) { return testing::FunctionResult{}; });
  soak.aws.put_parameter("/soak", "value");
  std::vector<telemetry::NamedSink> sinks;
  sinks.push_back({"count", std::make_unique<CountingSink>(soak.written)});
  telemetry::Telemetry telemetry(std::move(sinks), trace::Rate::always(), trace::Resource(),
                                 soak.clock, soak.rng);
  std::thread one([&] { soak.run_thread(telemetry.tracer()); });
  std::thread two([&] { soak.run_thread(telemetry.tracer()); });
  one.join();
  two.join();
  const std::int64_t bytes_at_the_end = resident_bytes();
  const bool ended =
      telemetry.shutdown(core::Deadline::after(soak.clock, std::chrono::seconds(30)));
  const telemetry::Stats stats = telemetry.stats();
  const auto& sink = stats.exporters.at(0);

  const std::int64_t grown = bytes_at_the_end - soak.bytes_after_a_fifth;
  const bool flat = !kMemoryIsOurs || grown <= kMayGrowBytes;
  const bool counted = ended && stats.ended == soak.made && sink.delivered == soak.written &&
                       sink.lost == 0 && stats.ended == sink.delivered + stats.dropped;
  std::cout << soak.done << " calls, " << stats.ended << " spans (expected " << soak.made
            << "): " << sink.delivered << " delivered, " << stats.dropped << " dropped, "
            << sink.lost << " lost; memory " << soak.bytes_after_a_fifth / 1024
            << " KiB after a fifth, " << bytes_at_the_end / 1024 << " KiB at the end\n"
            << (flat && counted ? "good"
                : !flat         ? "the memory grew"
                                : "spans are missing")
            << "\n";
  return flat && counted ? 0 : 1;
}
