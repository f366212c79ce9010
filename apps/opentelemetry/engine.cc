// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/opentelemetry/engine.h"

#include <openssl/crypto.h>
#include <opentelemetry/sdk/common/global_log_handler.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/otlp_session.h"
#include "apps/xray_session.h"
#include "core/url.h"
#include "store/trace_store.h"
#include "telemetry/filtering_sink.h"
#include "telemetry/stderr_sink.h"
#include "telemetry/undelivered.h"

namespace spawn::apps {
namespace {

// A thread that is left in a call to X-Ray goes on with TLS while the process exits, so OpenSSL
// must not clean up then. Whoever uses OpenSSL first decides about that, and the program may use it
// before us: hence as soon as this library is loaded.
[[maybe_unused]] const int kNoCleanup = OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);

constexpr core::Nanos kMostDelay = std::chrono::milliseconds(250);

// Where the program may leave spans for the next one.
telemetry::Keeping keeping_in(const std::string& folder) {
  telemetry::Keeping keeping;
  keeping.folder = folder;
  // However the process ends, what had ended is not lost.
  keeping.write_ahead = !folder.empty();
  return keeping;
}

core::Result<telemetry::NamedSink> xray_sink_for(const XRayOptions& options, std::string url) {
  if (!options.endpoint.empty()) {
    auto parsed = core::Url::parse(options.endpoint);
    if (!parsed) return core::fail(std::move(parsed.error()));
    url = parsed->to_string();
  }
  return xray_sink(std::move(url), keeping_in(options.spool_folder), {}, seams().env, seams().clock,
                   seams().rng);
}

core::Result<telemetry::NamedSink> local_sink_for(const XRayOptions& options) {
  auto path = store::traces_path(seams().env);
  if (!path) return core::fail(std::move(path.error()));
  telemetry::Keeping keeping = keeping_in(options.spool_folder);
  keeping.name = "local";
  return telemetry::NamedSink{"local",
                              std::make_unique<store::LocalSink>(std::move(*path), seams().clock),
                              std::move(keeping), /*whole_traces=*/false, /*in_progress=*/true};
}

using Sinks = std::vector<telemetry::NamedSink>;

// One that cannot be made is said, and the others go on.
void add(Sinks& sinks, std::string_view where, core::Result<telemetry::NamedSink> sink) {
  if (sink) {
    sinks.push_back(std::move(*sink));
  } else {
    warn("no span is sent to " + std::string(where) + ": " + sink.error().message);
  }
}

void add_otlp(Sinks& sinks, const otelconfig::Configuration& said, const XRayOptions& options) {
  std::vector<std::string> notes;
  auto targets = otlp_targets(said, std::nullopt, seams().env, notes);
  for (const std::string& note : notes) warn(note);
  if (!targets) return warn("no span is sent over OTLP: " + targets.error().message);
  for (otlp::Target& target : *targets) {
    sinks.push_back(otlp_sink(numbered("otlp", sinks), std::move(target),
                              keeping_in(options.spool_folder), seams().env, seams().clock,
                              seams().rng));
  }
}

std::shared_ptr<telemetry::Telemetry> engine_of(Sinks sinks, trace::Rate rate,
                                                trace::Resource resource,
                                                telemetry::Options engine) {
  for (telemetry::NamedSink& sink : sinks) {
    sink = telemetry::filtered(std::move(sink), trace::AttributeFilter());
  }
  auto made = std::make_shared<telemetry::Telemetry>(std::move(sinks), rate, std::move(resource),
                                                     seams().clock, seams().rng, engine);
  // Its own time: where there are two engines, one that hangs takes nothing from the other.
  at_exit(AtExit::first, made, [engine = made.get()](core::Deadline) {
    engine->shutdown(core::Deadline::after(seams().clock, kMostDelay));
  });
  return made;
}

using opentelemetry::sdk::common::internal_log::GlobalLogHandler;
using opentelemetry::sdk::common::internal_log::LogHandler;
using opentelemetry::sdk::common::internal_log::LogLevel;
using Log = opentelemetry::nostd::shared_ptr<LogHandler>;

// From exit() on: who is destroyed after GlobalLogHandler may still have to say what was lost.
std::atomic<const Log*> last_log{nullptr};

void keep_log() {
  const bool wanted = GlobalLogHandler::GetLogLevel() >= LogLevel::Warning;
  last_log.store(new Log(wanted ? GlobalLogHandler::GetLogHandler() : Log()));
}

struct End {
  AtExit when;
  std::weak_ptr<void> of;
  std::function<void(core::Deadline)> run;
};
struct Ends {
  std::mutex mutex;
  std::vector<End> all;
};
// Never destroyed, as the seams.
Ends& ends() {
  static Ends& made = *new Ends;
  return made;
}

void run_ends() {
  keep_log();
  std::unique_lock lock(ends().mutex);
  const std::vector<End> all = std::move(ends().all);
  lock.unlock();
  const auto deadline = core::Deadline::after(seams().clock, kMostDelay);
  for (const AtExit when : {AtExit::first, AtExit::after_spans}) {
    for (const End& one : all) {
      if (one.when != when) continue;
      if (const auto alive = one.of.lock()) one.run(deadline);
    }
  }
}

}  // namespace

Seams& seams() {
  static Seams& made = *new Seams;
  return made;
}

void at_exit(AtExit when, std::weak_ptr<void> of, std::function<void(core::Deadline)> end) {
  // Handlers and destructors run in the opposite order, and the log has one.
  static const int registered =
      ((void)GlobalLogHandler::GetLogHandler(),
       // Or whoever holds the lock at a fork would hold it for ever in the child.
       pthread_atfork([] { ends().mutex.lock(); }, [] { ends().mutex.unlock(); },
                      [] { ends().mutex.unlock(); }),
       std::atexit(run_ends));
  (void)registered;
  const std::lock_guard lock(ends().mutex);
  std::erase_if(ends().all, [](const End& one) { return one.of.expired(); });
  ends().all.push_back({when, std::move(of), std::move(end)});
}

void warn(const std::string& what) {
  const std::string line = "[spawn] " + what;
  const Log* const log = last_log.load();
  if (log == nullptr) {
    OTEL_INTERNAL_LOG_WARN(line);
  } else if (*log) {
    (*log)->Handle(LogLevel::Warning, __FILE__, __LINE__, line.c_str(), {});
  }
}

std::shared_ptr<telemetry::Telemetry> xray_engine(const XRayOptions& options) {
  Sinks sinks;
  add(sinks, "X-Ray", xray_sink_for(options, ""));
  // The SDK's sampler decided. Spans bring their resource.
  return engine_of(std::move(sinks), trace::Rate::always(), trace::Resource(), {});
}

std::string xray_url(const otelconfig::Configuration& said, const XRayOptions& options) {
  if (!options.endpoint.empty() || !said.exporters) return options.endpoint;
  const auto& exporters = said.exporters->value;
  const auto at =
      std::ranges::find(exporters, otelconfig::Exporter::Kind::xray, &otelconfig::Exporter::kind);
  return at == exporters.end() ? "" : at->xray_url;
}

std::shared_ptr<telemetry::Telemetry> engine_for(const otelconfig::Configuration& said,
                                                 const XRayOptions& options, trace::Rate rate,
                                                 trace::Resource resource) {
  using Kind = otelconfig::Exporter::Kind;
  const std::vector<otelconfig::Exporter> usual = {{Kind::xray}};
  Sinks sinks;
  bool otlp_is_there = false;  // all of its receivers come with the first
  for (const otelconfig::Exporter& one : said.exporters ? said.exporters->value : usual) {
    if (one.kind == Kind::xray) add(sinks, "X-Ray", xray_sink_for(options, one.xray_url));
    if (one.kind == Kind::local) add(sinks, "the local store", local_sink_for(options));
    if (one.kind == Kind::console) {
      sinks.push_back({"stdout", std::make_unique<telemetry::StderrSink>(STDERR_FILENO)});
    }
    if (one.kind == Kind::otlp && !std::exchange(otlp_is_there, true)) {
      add_otlp(sinks, said, options);
    }
  }
  return engine_of(std::move(sinks), rate, std::move(resource), said.engine);
}

bool report(const telemetry::Stats& stats) {
  for (const std::string& note : stats.notes) warn(note);
  const telemetry::Undelivered undelivered = telemetry::undelivered_spans(stats);
  if (!undelivered.line.empty()) warn(undelivered.line);
  return undelivered.most == 0;
}

}  // namespace spawn::apps
