// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "workload.h"
#include "xray/document.h"

namespace spawn::bench {
namespace {

template <typename Writer>
void write_documents(benchmark::State& state) {
  trace::Resource resource;
  resource.set(trace::key::kServiceName, std::string("bench"));
  trace::SpanRecord record;
  fill(record, resource);
  core::CharBuffer buffer;
  Writer out(buffer);
  for (auto _ : state) {
    buffer.clear();
    xray::write_document(record, out);
    benchmark::DoNotOptimize(buffer.view().data());
  }
  state.counters["bytes"] = static_cast<double>(buffer.size());
}

void document_plain(benchmark::State& state) { write_documents<core::JsonWriter>(state); }
BENCHMARK(document_plain);

void document_escaped_for_the_body(benchmark::State& state) {
  write_documents<core::NestedJsonWriter>(state);
}
BENCHMARK(document_escaped_for_the_body);

}  // namespace
}  // namespace spawn::bench
