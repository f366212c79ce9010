// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/span_exporter.h"

#include "otel/ids.h"

namespace spawn::otel {

namespace {
namespace nostd = opentelemetry::nostd;
namespace sdk = opentelemetry::sdk;
}  // namespace

sdk::common::ExportResult SpanExporter::Export(
    const nostd::span<std::unique_ptr<sdk::trace::Recordable>>& spans) noexcept {
  if (shut_down_.load() || !telemetry_->tracer().enabled()) {
    return sdk::common::ExportResult::kFailure;
  }
  for (const std::unique_ptr<sdk::trace::Recordable>& span : spans) {
    // Made by MakeRecordable().
    trace::SpanRecord& record = static_cast<Recordable&>(*span).record();
    telemetry_->tracer().record(std::move(record));
  }
  return sdk::common::ExportResult::kSuccess;
}

bool SpanExporter::ForceFlush(std::chrono::microseconds timeout) noexcept {
  return telemetry_->flush(deadline_in(telemetry_->tracer().clock(), timeout));
}

bool SpanExporter::Shutdown(std::chrono::microseconds timeout) noexcept {
  if (shut_down_.exchange(true)) return true;
  const bool whole = telemetry_->shutdown(deadline_in(telemetry_->tracer().clock(), timeout));
  ended_(telemetry_->stats());
  return whole;
}

}  // namespace spawn::otel
