// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What every benchmark does: one span `ec2.DescribeInstances` with eight string attributes, once on
// our engine and once on stock opentelemetry-cpp.
#pragma once

#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/samplers/parent_factory.h>
#include <opentelemetry/sdk/trace/samplers/trace_id_ratio_factory.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/span_data.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/provider.h>

#include <memory>
#include <string_view>
#include <utility>

#include "core/clock.h"
#include "core/rng.h"
#include "otel/provider.h"
#include "telemetry/telemetry.h"
#include "trace/attributes.h"

namespace spawn::bench {

// Keys are constants of the program, as in real code; values are only known when it runs.
inline constexpr std::string_view kKeys[8] = {
    "aws.service", "aws.operation", "aws.region",     "aws.request_id",
    "rpc.system",  "rpc.service",   "server.address", "http.response.status_code"};
inline std::string_view values[8] = {
    "ec2", "DescribeInstances", "eu-central-1", "7f3c1a52-4b7e-4e0e-9d55-1c2f7a1b9e10", "aws-api",
    "EC2", "ec2.amazonaws.com", "200"};

// f(key, value) for each, unrolled.
template <typename F>
[[gnu::always_inline]] inline void for_each_attribute(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (f(kKeys[I], values[I]), ...); }
  (std::make_index_sequence<8>());
}

class NullSink final : public trace::SpanSink {
 public:
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    return {batch.size(), 0, {}};
  }
};

struct OurEngine {
  // `followed`: the sink takes spans that have not ended.
  explicit OurEngine(trace::Rate rate, telemetry::Options options = {}, bool followed = false) {
    std::vector<telemetry::NamedSink> sinks;
    sinks.push_back(
        {.name = "null", .sink = std::make_unique<NullSink>(), .in_progress = followed});
    trace::Resource resource;
    resource.set(trace::key::kServiceName, std::string("bench"));
    telemetry = std::make_unique<telemetry::Telemetry>(std::move(sinks), rate, std::move(resource),
                                                       clock, rng, options);
  }
  void span() {
    telemetry::Span span =
        telemetry->tracer().start("ec2.DescribeInstances", trace::SpanKind::client);
    // As aws::TracingCaller does it: one look, then all attributes.
    if (trace::SpanRecord* record = span.record()) {
      for_each_attribute([&](std::string_view key, std::string_view value)
                             __attribute__((always_inline)) { record->set(key, value); });
    }
  }

  core::SystemClock clock;
  core::SystemRng rng;
  std::unique_ptr<telemetry::Telemetry> telemetry;
};

namespace otel = opentelemetry;

// The span, as a program that uses OpenTelemetry's API makes it.
inline void api_span(otel::trace::Tracer& tracer) {
  otel::trace::StartSpanOptions options;
  options.kind = otel::trace::SpanKind::kClient;
  const auto span = tracer.StartSpan("ec2.DescribeInstances", options);
  for_each_attribute([&](std::string_view key, std::string_view value) {
    span->SetAttribute(otel::nostd::string_view(key.data(), key.size()),
                       otel::nostd::string_view(value.data(), value.size()));
  });
  span->End();
}

// Our engine behind OpenTelemetry's API.
struct ApiEngine {
  explicit ApiEngine(trace::Rate rate, telemetry::Options options = {}) {
    std::vector<telemetry::NamedSink> sinks;
    sinks.push_back({.name = "null", .sink = std::make_unique<NullSink>()});
    trace::Resource resource;
    resource.set(trace::key::kServiceName, std::string("bench"));
    spawn::otel::install(std::make_shared<spawn::otel::TracerProvider>(
        spawn::otel::Engine{std::make_shared<telemetry::Telemetry>(
            std::move(sinks), rate, std::move(resource), clock, rng, options)}));
    tracer = otel::trace::Provider::GetTracerProvider()->GetTracer("");
  }
  void span() { api_span(*tracer); }

  static inline core::SystemClock clock;
  static inline core::SystemRng rng;
  otel::nostd::shared_ptr<otel::trace::Tracer> tracer;
};

class NullExporter final : public otel::sdk::trace::SpanExporter {
 public:
  std::unique_ptr<otel::sdk::trace::Recordable> MakeRecordable() noexcept override {
    return std::make_unique<otel::sdk::trace::SpanData>();
  }
  otel::sdk::common::ExportResult Export(
      const otel::nostd::span<std::unique_ptr<otel::sdk::trace::Recordable>>&) noexcept override {
    return otel::sdk::common::ExportResult::kSuccess;
  }
  bool ForceFlush(std::chrono::microseconds) noexcept override { return true; }
  bool Shutdown(std::chrono::microseconds) noexcept override { return true; }
};

enum class Processor { simple, batch };

struct StockEngine {
  StockEngine(double rate, Processor processor) {
    namespace sdk = otel::sdk::trace;
    auto exporter = std::make_unique<NullExporter>();
    std::unique_ptr<sdk::SpanProcessor> made =
        processor == Processor::simple
            ? sdk::SimpleSpanProcessorFactory::Create(std::move(exporter))
            : sdk::BatchSpanProcessorFactory::Create(std::move(exporter),
                                                     sdk::BatchSpanProcessorOptions{});
    std::shared_ptr<sdk::Sampler> ratio = sdk::TraceIdRatioBasedSamplerFactory::Create(rate);
    provider = sdk::TracerProviderFactory::Create(std::move(made),
                                                  otel::sdk::resource::Resource::Create({}),
                                                  sdk::ParentBasedSamplerFactory::Create(ratio));
    tracer = provider->GetTracer("bench");
  }
  void span() { api_span(*tracer); }

  std::shared_ptr<otel::trace::TracerProvider> provider;
  otel::nostd::shared_ptr<otel::trace::Tracer> tracer;
};

// The record that the document writer is measured on.
inline void fill(trace::SpanRecord& record, const trace::Resource& resource) {
  record.trace_id = {0x692F'1A2B'0102'0304U, 0x1122'3344'5566'7788U};
  record.span_id = {0x0011'2233'4455'6677U};
  record.parent_id = {0x8899'AABB'CCDD'EEFFU};
  record.start_ns = 1'767'323'045'123'456'789;
  record.end_ns = record.start_ns + 34'567'890;
  record.resource = &resource;
  record.kind = trace::SpanKind::client;
  record.set_name("ec2.DescribeInstances");
  for_each_attribute([&](std::string_view key, std::string_view value) { record.set(key, value); });
  record.settle();
}

}  // namespace spawn::bench
