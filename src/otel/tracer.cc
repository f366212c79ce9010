// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/tracer.h"

#include <opentelemetry/trace/context.h>

#include "otel/attributes.h"
#include "otel/pool.h"
#include "otel/runtime_context.h"
#include "otel/span.h"

namespace spawn::otel {
namespace {

namespace common = opentelemetry::common;
namespace nostd = opentelemetry::nostd;

// https://opentelemetry.io/docs/specs/otel/trace/api/#span-creation: a parent that is given counts,
// then the current one.
ParentContext parent_of(const api::StartSpanOptions& options) {
  if (const auto* const span = nostd::get_if<api::SpanContext>(&options.parent)) {
    return span->IsValid() ? parent_context(*span) : current_parent();
  }
  const auto& context = nostd::get<opentelemetry::context::Context>(options.parent);
  if (api::IsRootSpan(context)) return {};
  return parent_context(context);
}

// Either time may be given without the other.
void set_start(telemetry::Span& span, const api::StartSpanOptions& options, core::Clock& clock) {
  const std::int64_t wall = options.start_system_time.time_since_epoch().count();
  const std::int64_t steady = options.start_steady_time.time_since_epoch().count();
  if (wall == 0 && steady == 0) return;
  const core::Instant now = clock.now();
  span.set_start({wall != 0 ? wall : now.wall_ns - (now.steady_ns - steady),
                  steady != 0 ? steady : now.steady_ns - (now.wall_ns - wall)});
}

void add_links(trace::SpanRecord& record, const api::SpanContextKeyValueIterable& links) {
  links.ForEachKeyValue([&](const api::SpanContext& to,
                            const common::KeyValueIterable& attributes) {
    record.add_link(from_api(to));
    attributes.ForEachKeyValue([&](nostd::string_view key, const common::AttributeValue& value) {
      record.set_on_last(from_api(key), owned_value(value));
      return true;
    });
    return true;
  });
}

}  // namespace

nostd::shared_ptr<api::Span> Tracer::StartSpan(nostd::string_view name,
                                               const common::KeyValueIterable& attributes,
                                               const api::SpanContextKeyValueIterable& links,
                                               const api::StartSpanOptions& options) noexcept {
  telemetry::Tracer& tracer = telemetry_->tracer();
  ParentContext parent = parent_of(options);
  const auto start = [&] {
    const telemetry::Scope below(parent.active);
    return tracer.start(from_api(name), from_api(options.kind));
  };
  auto span = std::allocate_shared<Span>(PoolAllocator<Span>(), shared_from_this(),
                                         std::move(parent.extras), start);
  telemetry::Span& made = span->telemetry_span();
  if (trace::SpanRecord* record = made.record()) {
    set_start(made, options, tracer.clock());
    if (!name_.empty()) record->set("otel.scope.name", name_);
    if (!version_.empty()) record->set("otel.scope.version", version_);
    attributes.ForEachKeyValue([&](nostd::string_view key, const common::AttributeValue& value) {
      set_attribute(*record, from_api(key), value);
      return true;
    });
    add_links(*record, links);
  }
  return nostd::shared_ptr<api::Span>(std::shared_ptr<api::Span>(std::move(span)));
}

void Tracer::ForceFlushWithMicroseconds(std::uint64_t timeout) noexcept {
  telemetry_->flush(deadline_in(telemetry_->tracer().clock(), std::chrono::microseconds(timeout)));
}

void Tracer::CloseWithMicroseconds(std::uint64_t timeout) noexcept {
  telemetry_->shutdown(
      deadline_in(telemetry_->tracer().clock(), std::chrono::microseconds(timeout)));
}

}  // namespace spawn::otel
