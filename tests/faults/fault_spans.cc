// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Ends a number of spans through the agent's real assembly, for tests/faults/run: traces of a root
// and nine children, each span with its number as `fault.index`. Tells in a shared file how many it
// began to end and how many had ended, so that who kills it knows what there must be; at a calm end
// it writes its counts.
//
//   fault_spans --endpoint URL --progress FILE --stats FILE [--count N] [--rate PER_SECOND]
//               [--linger SECONDS] [--time-out SECONDS] [--spool-bytes N] [--jump] [--fork]
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "apps/assembly.h"
#include "config/settings.h"
#include "telemetry/telemetry.h"

namespace {

using spawn::core::Nanos;
namespace core = spawn::core;
namespace telemetry = spawn::telemetry;

// The wall clock of a machine that is set forward and back by an hour.
class JumpingClock final : public core::Clock {
 public:
  explicit JumpingClock(core::Clock& real) : real_(real) {}
  core::Instant now() override {
    core::Instant now = real_.now();
    now.wall_ns += by_.load();
    return now;
  }
  std::int64_t steady_ns() override { return real_.steady_ns(); }
  void sleep_for(Nanos duration) override { real_.sleep_for(duration); }
  void jump(std::chrono::hours by) { by_ = Nanos(by).count(); }

 private:
  core::Clock& real_;
  std::atomic<std::int64_t> by_{0};
};

struct Progress {
  std::atomic<std::uint64_t> begun;
  std::atomic<std::uint64_t> ended;
};

Progress& open_progress(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  SPAWN_CHECK(fd >= 0 && ftruncate(fd, sizeof(Progress)) == 0);
  void* memory = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  SPAWN_CHECK(memory != MAP_FAILED);
  return *static_cast<Progress*>(memory);
}

std::atomic<bool> terminated{false};

using Options = std::map<std::string, std::string>;
double number(const Options& options, const std::string& name, double otherwise) {
  const auto given = options.find(name);
  return given == options.end() ? otherwise : std::stod(given->second);
}

void write_stats(const telemetry::Stats& stats, const std::string& path) {
  std::ofstream out(path);
  const telemetry::ExporterStats& of = stats.exporters.at(0);
  out << "{\"ended\":" << stats.ended << ",\"ring_dropped\":" << stats.dropped
      << ",\"delivered\":" << of.delivered << ",\"lost\":" << of.lost
      << ",\"dropped\":" << of.dropped << ",\"damaged\":" << of.damaged
      << ",\"waiting\":" << of.waiting << ",\"spooled\":" << of.spooled << ",\"lost_by\":{";
  const char* comma = "";
  for (const auto& [why, count] : of.lost_by) {
    out << comma << "\"" << why << "\":" << count;
    comma = ",";
  }
  out << "}}\n";
}

constexpr int kSpansOfATrace = 10;
constexpr std::int64_t kMostLate = 100'000'000;

class Driver {
 public:
  Driver(telemetry::Telemetry& telemetry, Progress& progress, const Options& options,
         JumpingClock& clock)
      : telemetry_(telemetry),
        progress_(progress),
        count_(static_cast<std::uint64_t>(number(options, "--count", 10'000))),
        rate_(number(options, "--rate", 20'000)),
        jumps_(options.count("--jump") != 0),
        forks_(options.count("--fork") != 0),
        clock_(clock) {}

  void run() {
    const auto of_a_trace = static_cast<std::int64_t>(kSpansOfATrace / rate_ * 1e9);
    std::int64_t due = clock_.steady_ns();
    while (index_ < count_ && !terminated) {
      trace();
      if (jumps_ && index_ == count_ / 3) clock_.jump(std::chrono::hours(1));
      if (jumps_ && index_ == count_ * 2 / 3) clock_.jump(std::chrono::hours(-1));
      if (forks_ && index_ == count_ / 2) fork_a_child();
      // Who was held up does not make up for it at once.
      due = std::max(due, clock_.steady_ns() - kMostLate) + of_a_trace;
      const std::int64_t early = due - clock_.steady_ns();
      if (early > 0) clock_.sleep_for(Nanos(early));
    }
  }

 private:
  void trace() {
    telemetry::Span root = telemetry_.tracer().start("fault root");
    {
      const telemetry::Scope scope(root.context());
      for (int child = 0; child < kSpansOfATrace - 1 && index_ + 1 < count_; ++child) {
        telemetry::Span span = telemetry_.tracer().start("fault child");
        end(span);
      }
    }
    end(root);
  }
  void end(telemetry::Span& span) {
    span.set("fault.index", static_cast<std::int64_t>(index_));
    span.set("fault.text", "what a span of an AWS call has beside its numbers, about so much text");
    progress_.begun.store(index_ + 1);
    span.end();
    progress_.ended.store(++index_);
  }
  // It ends spans of its own, which are not counted here, and leaves.
  void fork_a_child() {
    const pid_t child = fork();
    if (child == 0) {
      for (int i = 0; i < 100; ++i) {
        telemetry::Span span = telemetry_.tracer().start("of the child");
      }
      (void)telemetry_.flush(core::Deadline::after(clock_, std::chrono::seconds(5)));
      _exit(0);
    }
    (void)waitpid(child, nullptr, 0);
  }

  telemetry::Telemetry& telemetry_;
  Progress& progress_;
  std::uint64_t count_;
  double rate_;
  bool jumps_;
  bool forks_;
  JumpingClock& clock_;
  std::uint64_t index_ = 0;
};

bool settled(const telemetry::Stats& stats) { return stats.exporters.at(0).waiting == 0; }

int run(const Options& options) {
  spawn::apps::Assembly assembly("spored");
  const spawn::cli::Parts parts = assembly.parts();
  spawn::config::Sources sources;
  sources.file.clear();
  sources.flags = {"xray", "1", options.at("--endpoint")};
  sources.asked_for_tracing = true;
  const auto settings = spawn::config::resolve(sources, parts.env);
  SPAWN_CHECK(settings);
  auto sinks = parts.make_sinks(*settings);
  SPAWN_CHECK(sinks);
  spawn::trace::Resource resource;
  resource.set("service.name", std::string("faults"));
  JumpingClock clock(parts.clock);
  telemetry::Options wanted;
  wanted.schedule_delay = std::chrono::milliseconds(200);
  wanted.hold = std::chrono::milliseconds(500);
  wanted.export_timeout = Nanos(static_cast<std::int64_t>(number(options, "--time-out", 5) * 1e9));
  wanted.spool_bytes = static_cast<std::size_t>(number(options, "--spool-bytes", 64e6));
  telemetry::Telemetry telemetry(std::move(*sinks), spawn::trace::Rate::always(),
                                 std::move(resource), clock, parts.rng, wanted);
  Driver(telemetry, open_progress(options.at("--progress")), options, clock).run();
  const auto give_up = core::Deadline::after(
      clock, Nanos(static_cast<std::int64_t>(number(options, "--linger", 0) * 1e9)));
  while (!terminated && !settled(telemetry.stats()) && !give_up.passed(clock)) {
    clock.sleep_for(std::chrono::milliseconds(20));
  }
  (void)telemetry.shutdown(core::Deadline::after(clock, std::chrono::milliseconds(250)));
  write_stats(telemetry.stats(), options.at("--stats"));
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGTERM, [](int) { terminated = true; });
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const bool flag = name == "--jump" || name == "--fork";
    options[name] = flag || i + 1 == argc ? "" : argv[++i];
  }
  return run(options);
}
