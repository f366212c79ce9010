// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A SpanExporter for OpenTelemetry's own SDK that hands spans to our engine: from there they go to
// its sinks with queue, spool and counters. Behind the SDK's simple processor as well as behind its
// batch processor; Export() never waits for a network.
#pragma once

#include <opentelemetry/sdk/trace/exporter.h>

#include <atomic>
#include <functional>
#include <memory>

#include "otel/recordable.h"
#include "telemetry/telemetry.h"

namespace spawn::otel {

class SpanExporter final : public opentelemetry::sdk::trace::SpanExporter {
 public:
  // `ended` is told the counts, once, when it was shut down.
  using Ended = std::function<void(const telemetry::Stats&)>;
  SpanExporter(std::shared_ptr<telemetry::Telemetry> telemetry, Ended ended)
      : telemetry_(std::move(telemetry)), ended_(std::move(ended)) {}
  ~SpanExporter() override { Shutdown(std::chrono::milliseconds(250)); }

  std::unique_ptr<opentelemetry::sdk::trace::Recordable> MakeRecordable() noexcept override {
    return std::make_unique<Recordable>(family_);
  }
  opentelemetry::sdk::common::ExportResult Export(
      const opentelemetry::nostd::span<std::unique_ptr<opentelemetry::sdk::trace::Recordable>>&
          spans) noexcept override;
  bool ForceFlush(std::chrono::microseconds timeout) noexcept override;
  // What cannot be sent in time stays in the spool, where there is one. Nothing is taken after it
  // (https://opentelemetry.io/docs/specs/otel/trace/sdk/#shutdown-2).
  bool Shutdown(std::chrono::microseconds timeout) noexcept override;

 private:
  // Before the engine, whose records point into it.
  std::shared_ptr<SpanFamily> family_ = std::make_shared<SpanFamily>();
  std::shared_ptr<telemetry::Telemetry> telemetry_;
  Ended ended_;
  std::atomic<bool> shut_down_{false};
};

}  // namespace spawn::otel
