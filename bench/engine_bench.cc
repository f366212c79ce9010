// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "workload.h"

namespace spawn::bench {
namespace {

void spawn_unsampled(benchmark::State& state) {
  OurEngine engine(trace::Rate::never());
  for (auto _ : state) engine.span();
}
BENCHMARK(spawn_unsampled);

void stock_unsampled(benchmark::State& state) {
  StockEngine engine(0.0, Processor::simple);
  for (auto _ : state) engine.span();
}
BENCHMARK(stock_unsampled);

// With room in the queue, as for stock's batches below: few enough that nothing is dropped.
void spawn_sampled_8(benchmark::State& state) {
  OurEngine engine(trace::Rate::always());
  int since_flush = 0;
  for (auto _ : state) {
    engine.span();
    if (++since_flush == 400) {
      state.PauseTiming();
      engine.telemetry->flush(core::Deadline::never());
      since_flush = 0;
      state.ResumeTiming();
    }
  }
}
BENCHMARK(spawn_sampled_8);

// Without pause: the queue is full, and nearly every span throws an older one out.
void spawn_sampled_8_overrun(benchmark::State& state) {
  OurEngine engine(trace::Rate::always());
  for (auto _ : state) engine.span();
}
BENCHMARK(spawn_sampled_8_overrun);

// The same through OpenTelemetry's API.
void spawn_api_unsampled(benchmark::State& state) {
  ApiEngine engine(trace::Rate::never());
  for (auto _ : state) engine.span();
}
BENCHMARK(spawn_api_unsampled);

void spawn_api_sampled_8(benchmark::State& state) {
  ApiEngine engine(trace::Rate::always());
  for (auto _ : state) engine.span();
}
BENCHMARK(spawn_api_sampled_8);

void stock_sampled_8_simple(benchmark::State& state) {
  StockEngine engine(1.0, Processor::simple);
  for (auto _ : state) engine.span();
}
BENCHMARK(stock_sampled_8_simple);

// Few enough that its queue of 2,048 never overflows: a dropped span costs a line on stderr.
void stock_sampled_8_batch(benchmark::State& state) {
  StockEngine engine(1.0, Processor::batch);
  int since_flush = 0;
  for (auto _ : state) {
    engine.span();
    if (++since_flush == 400) {
      state.PauseTiming();
      std::static_pointer_cast<otel::sdk::trace::TracerProvider>(engine.provider)->ForceFlush();
      since_flush = 0;
      state.ResumeTiming();
    }
  }
}
BENCHMARK(stock_sampled_8_batch);

}  // namespace
}  // namespace spawn::bench
