// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

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

// The yardstick: the same document as a tree of the usual library, written into the body.
std::string document_by_library(const trace::SpanRecord& record) {
  using Json = nlohmann::ordered_json;
  const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns / 1000) / 1e6; };
  Json document;
  document["id"] = record.span_id.hex();
  document["name"] = "EC2";
  document["trace_id"] = record.trace_id.xray();
  document["parent_id"] = record.parent_id.hex();
  document["start_time"] = seconds(record.start_ns);
  document["end_time"] = seconds(record.end_ns);
  document["type"] = "subsegment";
  document["namespace"] = "aws";
  document["http"]["response"]["status"] = 200;
  Json& aws = document["aws"];
  Json kept;
  record.for_each_attribute([&](const trace::Attribute& a) {
    if (a.key == trace::key::kAwsOperation) {
      aws["operation"] = a.value.string();
    } else if (a.key == trace::key::kAwsRegion) {
      aws["region"] = a.value.string();
    } else if (a.key == trace::key::kAwsRequestId) {
      aws["request_id"] = a.value.string();
    } else if (a.key != trace::key::kRpcSystem) {
      kept[std::string(a.key)] = a.value.string();
    }
  });
  document["annotations"]["aws_operation"] = aws["operation"];
  document["annotations"]["aws_region"] = aws["region"];
  document["metadata"]["spawn"]["name"] = record.name();
  document["metadata"]["spawn"]["kind"] = "CLIENT";
  document["metadata"]["default"] = std::move(kept);
  return document.dump();
}

void document_nlohmann(benchmark::State& state) {
  trace::Resource resource;
  trace::SpanRecord record;
  fill(record, resource);
  std::string text;
  for (auto _ : state) {
    text = nlohmann::json(document_by_library(record)).dump();
    benchmark::DoNotOptimize(text.data());
  }
  state.counters["bytes"] = static_cast<double>(text.size() - 2);
}
BENCHMARK(document_nlohmann);

}  // namespace
}  // namespace spawn::bench
