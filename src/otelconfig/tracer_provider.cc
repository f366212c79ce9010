// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/tracer_provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "otelconfig/bounds.h"
#include "otelconfig/exporter.h"
#include "otelconfig/sampler.h"

namespace spawn::otelconfig {
namespace {

// As https://opentelemetry.io/docs/specs/otel/trace/sdk/#simple-processor: each span as it ends.
telemetry::Options simple() {
  telemetry::Options engine;
  engine.schedule_delay = engine.hold = core::Nanos(0);
  engine.batch_spans = engine.export_spans = 1;
  return engine;
}

struct Processor {
  Exporter exporter;
  telemetry::Options engine;
};

std::optional<Processor> read_processor(Reading& read, const Node& node) {
  const auto chosen = read.choice(node, "batch, simple");
  if (!chosen) return std::nullopt;
  telemetry::Options engine;
  const Node& processor = *chosen->node;
  if (chosen->name == "batch") {
    constexpr BatchNames kNames = {"schedule_delay", "export_timeout", "max_queue_size",
                                   "max_export_batch_size"};
    if (!read.is_map(processor,
                     {kNames.schedule_delay, kNames.export_timeout, kNames.max_queue_size,
                      kNames.max_export_batch_size, "exporter"})) {
      return std::nullopt;
    }
    const Number number = [&](std::string_view name, std::int64_t least, std::int64_t most) {
      return read.whole(processor, name, least, most);
    };
    read_batching(number, kNames, engine);
  } else if (chosen->name == "simple") {
    if (!read.is_map(processor, {"exporter"})) return std::nullopt;
    engine = simple();
  } else {
    read.fault(processor, "no such processor; expected batch or simple");
    return std::nullopt;
  }
  const Node* const exporter = processor.find("exporter");
  if (exporter == nullptr) {
    read.fault(processor, "no exporter; expected one below it");
    return std::nullopt;
  }
  auto made = read_exporter(read, *exporter);
  if (!made) return std::nullopt;
  return Processor{std::move(*made), engine};
}

// Two of them would write every span twice to the same place.
bool is_same_place(const Exporter& a, const Exporter& b) {
  return a.kind == b.kind &&
         (a.kind != Exporter::Kind::otlp || a.otlp->url.to_string() == b.otlp->url.to_string());
}

}  // namespace

void read_tracer_provider(Reading& read, const Node& provider, Configuration& configuration) {
  constexpr std::string_view kConfigurator = "tracer_configurator/development";
  if (!read.is_map(provider, {"processors", "limits", "sampler", kConfigurator})) return;
  const Node* const processors = provider.find("processors");
  if (processors == nullptr) {
    read.fault(provider, "no processors; expected a list of them below it");
    return;
  }
  configuration.exporters = {{}, read.source(*processors)};
  std::vector<Exporter>& exporters = configuration.exporters->value;
  for (const Node& item : read.items(provider, "processors")) {
    auto processor = read_processor(read, item);
    if (!processor) return;
    if (exporters.empty()) configuration.engine = processor->engine;
    if (configuration.engine != processor->engine) {
      read.note(item, "all exporters share one queue; the settings of the first processor count");
    }
    if (std::ranges::any_of(exporters, [&](const Exporter& other) {
          return is_same_place(other, processor->exporter);
        })) {
      read.fault(item, "another processor exports to the same place; expected one of them");
    }
    exporters.push_back(std::move(processor->exporter));
  }
  configuration.sampler = {{}, read.source(provider)};
  if (const Node* const sampler = provider.find("sampler")) {
    configuration.sampler = {read_sampler(read, *sampler), read.source(*sampler)};
  }
  if (const Node* const configurator = provider.find(kConfigurator)) {
    read.note(*configurator, "tracers are not configured one by one; ignored");
  }
}

}  // namespace spawn::otelconfig
