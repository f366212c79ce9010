// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/tracer.h"

#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/default_span.h>

#include <utility>

#include "otel/pool.h"
#include "otel/runtime_context.h"
#include "otel/span.h"

namespace spawn::otel {
namespace {

namespace common = opentelemetry::common;
namespace nostd = opentelemetry::nostd;

// https://opentelemetry.io/docs/specs/otel/trace/api/#span-creation: a parent that is given counts,
// then the current one.
bool current_counts(const api::StartSpanOptions& options) {
  const auto* const span = nostd::get_if<api::SpanContext>(&options.parent);
  return span != nullptr && !span->IsValid();
}

ParentContext parent_of(const api::StartSpanOptions& options) {
  if (current_counts(options)) return {telemetry::current(), current_extras()};
  if (const auto* const span = nostd::get_if<api::SpanContext>(&options.parent)) {
    return parent_context(*span);
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

}  // namespace

Tracer::Tracer(Engine engine, std::string name, std::string version)
    : engine_(std::move(engine)),
      obeys_parents_(engine_.parents.obey_all()),
      name_(std::move(name)),
      version_(std::move(version)) {
  // The scope's are not the program's.
  if (engine_.limits) {
    engine_.limits->attributes += (name_.empty() ? 0U : 1U) + (version_.empty() ? 0U : 1U);
  }
}

void Tracer::decide_anew(ParentContext& parent) const {
  trace::SpanContext& span = parent.active.span;
  const std::optional<trace::Rate>& rate = engine_.parents.of(span);
  if (!rate) return;
  const bool keep = rate->keeps(span.trace_id);
  span.flags =
      static_cast<std::uint8_t>((span.flags & ~trace::kSampled) | (keep ? trace::kSampled : 0U));
}

telemetry::Span Tracer::start_by_rules(std::string_view name, trace::SpanKind kind,
                                       const common::KeyValueIterable& attributes) const {
  return engine_.telemetry->tracer().start(name, kind, [&](std::uint64_t randomness) {
    return engine_.rules->keeps(attributes, randomness);
  });
}

nostd::shared_ptr<api::Span> Tracer::StartSpan(nostd::string_view name,
                                               const common::KeyValueIterable& attributes,
                                               const api::SpanContextKeyValueIterable& links,
                                               const api::StartSpanOptions& options) noexcept {
  telemetry::Tracer& tracer = engine_.telemetry->tracer();
  Extras extras;
  std::optional<telemetry::Scope> below;
  if (obeys_parents_ && current_counts(options)) [[likely]] {
    extras = current_extras();
  } else {
    ParentContext parent = parent_of(options);
    if (!obeys_parents_ && parent.active.decided) decide_anew(parent);
    below.emplace(parent.active);
    extras = std::move(parent.extras);
  }
  if (!tracer.enabled() && !telemetry::current().decided) [[unlikely]] {
    // Nothing to tell whoever is called: the decision is theirs.
    return nostd::shared_ptr<api::Span>(std::shared_ptr<api::Span>(
        std::make_shared<api::DefaultSpan>(api::SpanContext::GetInvalid())));
  }
  auto span = std::allocate_shared<Span>(
      PoolAllocator<Span>(), shared_from_this(), limits(), std::move(extras), [&] {
        const trace::SpanKind kind = from_api(options.kind);
        if (engine_.rules) [[unlikely]]
          return start_by_rules(from_api(name), kind, attributes);
        return tracer.start(from_api(name), kind);
      });
  telemetry::Span& made = span->telemetry_span();
  if (trace::SpanRecord* record = made.record()) {
    set_start(made, options, tracer.clock());
    if (!name_.empty()) record->set("otel.scope.name", name_);
    if (!version_.empty()) record->set("otel.scope.version", version_);
    attributes.ForEachKeyValue([&](nostd::string_view key, const common::AttributeValue& value) {
      set_within(limits(), *record, from_api(key), value);
      return true;
    });
    links.ForEachKeyValue([&](const api::SpanContext& to, const common::KeyValueIterable& of_link) {
      add_link_within(limits(), *record, from_api(to), of_link);
      return true;
    });
  }
  return nostd::shared_ptr<api::Span>(std::shared_ptr<api::Span>(std::move(span)));
}

void Tracer::ForceFlushWithMicroseconds(std::uint64_t timeout) noexcept {
  engine_.telemetry->flush(
      deadline_in(engine_.telemetry->tracer().clock(), std::chrono::microseconds(timeout)));
}

void Tracer::CloseWithMicroseconds(std::uint64_t timeout) noexcept {
  engine_.telemetry->shutdown(
      deadline_in(engine_.telemetry->tracer().clock(), std::chrono::microseconds(timeout)));
}

}  // namespace spawn::otel
