// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/launch_row.h"

#include <utility>

#include "handoff/context.h"

namespace spawn::launch {

const telemetry::ActiveContext* traced_context(const telemetry::Tracer& tracer) {
  const telemetry::ActiveContext& context = telemetry::current();
  return tracer.enabled() && context.span.valid() ? &context : nullptr;
}

handoff::Row launch_row(const handoff::LaunchId& id, std::string_view provider,
                        const std::string& region, const telemetry::Tracer& tracer,
                        std::int64_t now_s) {
  handoff::Row row;
  row.job_array_id = id.text();
  row.instance_id = handoff::kLaunchRow;
  row.provider = provider;
  row.region = region;
  row.registered_at = now_s;
  row.last_heartbeat = now_s;
  row.expires_at = now_s + handoff::kRowLives.count();
  row.status = handoff::status::kRunning;
  if (const telemetry::ActiveContext* context = traced_context(tracer)) {
    handoff::ContextText text = handoff::text_of(context->span, context->extras);
    row.traceparent = std::move(text.traceparent);
    row.tracestate = std::move(text.tracestate);
  }
  return row;
}

}  // namespace spawn::launch
