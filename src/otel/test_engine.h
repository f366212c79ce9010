// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// For the tests of this room: the engine behind OpenTelemetry's API, with a sink that keeps spans.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opentelemetry/trace/provider.h>

#include "core/clock.h"
#include "core/json_write.h"
#include "otel/provider.h"
#include "otel/runtime_context.h"
#include "testing/fakes.h"
#include "trace/jsonl.h"

namespace spawn::otel {

// As the exporter `stdout` writes them.
class LineSink final : public trace::SpanSink {
 public:
  explicit LineSink(std::string& lines) : lines_(lines) {}
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    core::CharBuffer line;
    for (const trace::SpanRecord& record : batch) trace::write_json_line(record, line);
    lines_ += line.view();
    return {batch.size(), 0, {}};
  }

 private:
  std::string& lines_;
};

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() { start(trace::Rate::always()); }
  ~EngineTest() override {
    api::Provider::SetTracerProvider({});
    opentelemetry::context::RuntimeContext::SetRuntimeContextStorage(
        opentelemetry::nostd::shared_ptr<opentelemetry::context::RuntimeContextStorage>(
            new opentelemetry::context::ThreadLocalContextStorage()));
  }

  void start(trace::Rate rate, const trace::ParentRates& parents = {},
             std::optional<SpanLimits> limits = {}, std::optional<RootRules> rules = {}) {
    std::vector<telemetry::NamedSink> sinks;
    sinks.push_back({.name = "kept", .sink = std::make_unique<testing::CollectingSink>(log_)});
    sinks.push_back({.name = "lines", .sink = std::make_unique<LineSink>(lines_)});
    telemetry_ = std::make_shared<telemetry::Telemetry>(std::move(sinks), rate, trace::Resource(),
                                                        clock_, rng_);
    install(std::make_shared<TracerProvider>(
        Engine{telemetry_, parents, std::move(limits), std::move(rules)}));
  }
  static opentelemetry::nostd::shared_ptr<api::Tracer> tracer(std::string_view scope = "") {
    return api::Provider::GetTracerProvider()->GetTracer(to_api(scope));
  }
  std::vector<testing::OwnedSpan> exported() {
    telemetry_->shutdown(core::Deadline::after(clock_, std::chrono::seconds(30)));
    return log_.spans();
  }
  testing::OwnedSpan only(std::string_view name) {
    (void)exported();
    return log_.only(name);
  }
  std::string line() {
    (void)exported();
    return lines_;
  }

  static inline core::SystemClock clock_;
  testing::FakeRng rng_;
  testing::SpanLog log_;
  std::string lines_;
  std::shared_ptr<telemetry::Telemetry> telemetry_;
};

}  // namespace spawn::otel
