// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs one case a number of times and says how many mallocs that took; run it twice under callgrind
// with different numbers and the difference is the cost of one (bench/check_bounds does).
//
//   spawn_hot_path CASE COUNT    unsampled, sampled, sampled-followed, document; api-unsampled and
//                                api-sampled through OpenTelemetry's API; stock-unsampled,
//                                stock-sampled
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "workload.h"
#include "xray/document.h"

extern "C" void* __libc_malloc(std::size_t size);

namespace {
thread_local std::size_t mallocs = 0;
}  // namespace

// The whole program's malloc, operator new included. What is counted is the caller's.
extern "C" __attribute__((visibility("default"))) void* malloc(std::size_t size) {
  ++mallocs;
  return __libc_malloc(size);
}

namespace spawn::bench {
namespace {

[[noreturn]] void measure(long count, const std::function<void()>& once) {
  for (int i = 0; i < 10; ++i) once();  // what is made on first use
  const std::size_t before = mallocs;
  for (long i = 0; i < count; ++i) once();
  std::printf("mallocs %zu\n", mallocs - before);
  std::fflush(stdout);
  std::_Exit(0);  // what the worker would still do is not what a caller pays
}

int run(std::string_view which, long count) {
  // The producing side alone: the ring holds all, and the worker sleeps until the end.
  telemetry::Options held;
  held.queue_slots = 8192;
  held.batch_spans = 8192;
  held.schedule_delay = std::chrono::hours(1);
  held.announce_after = std::chrono::hours(1);
  if (which == "unsampled") {
    OurEngine engine(trace::Rate::never());
    measure(count, [&] { engine.span(); });
  }
  if (which == "sampled" || which == "sampled-followed") {
    // As an exporter asks for it that shows what is open for long; not one of these is.
    const bool followed = which == "sampled-followed";
    OurEngine engine(trace::Rate::always(), held, followed);
    measure(count, [&] { engine.span(); });
  }
  if (which == "api-unsampled") {
    ApiEngine engine(trace::Rate::never());
    measure(count, [&] { engine.span(); });
  }
  if (which == "api-sampled") {
    ApiEngine engine(trace::Rate::always(), held);
    measure(count, [&] { engine.span(); });
  }
  if (which == "document") {
    trace::Resource resource;
    resource.set(trace::key::kServiceName, std::string("bench"));
    trace::SpanRecord record;
    fill(record, resource);
    core::CharBuffer buffer;
    core::NestedJsonWriter out(buffer);
    measure(count, [&] {
      buffer.clear();
      xray::write_document(record, out);
    });
  }
  if (which == "stock-unsampled") {
    StockEngine engine(0.0, Processor::simple);
    measure(count, [&] { engine.span(); });
  }
  if (which == "stock-sampled") {
    StockEngine engine(1.0, Processor::simple);
    measure(count, [&] { engine.span(); });
  }
  std::fprintf(stderr, "spawn_hot_path: no case %s\n", which.data());
  return 2;
}

}  // namespace
}  // namespace spawn::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: spawn_hot_path CASE COUNT\n", stderr);
    return 2;
  }
  return spawn::bench::run(argv[1], std::strtol(argv[2], nullptr, 10));
}
