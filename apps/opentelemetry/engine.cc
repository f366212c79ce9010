// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/opentelemetry/engine.h"

#include <opentelemetry/sdk/common/global_log_handler.h>

#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "apps/xray_session.h"
#include "aws/sigv4.h"
#include "core/url.h"
#include "telemetry/filtering_sink.h"
#include "telemetry/undelivered.h"

namespace spawn::apps {
namespace {

core::Result<telemetry::NamedSink> sink_for(const XRayOptions& options) {
  std::string url;
  if (!options.endpoint.empty()) {
    auto parsed = core::Url::parse(options.endpoint);
    if (!parsed) return core::fail(std::move(parsed.error()));
    url = parsed->to_string();
  }
  telemetry::Keeping keeping;
  keeping.folder = options.spool_folder;
  // However the process ends, what had ended is not lost.
  keeping.write_ahead = !keeping.folder.empty();
  return xray_sink(std::move(url), std::move(keeping), {}, seams().env, seams().clock, seams().rng);
}

}  // namespace

Seams& seams() {
  static Seams& made = *new Seams;
  return made;
}

void at_exit(std::function<void()> end) {
  struct Ends {
    std::mutex mutex;
    std::vector<std::function<void()>> all;
  };
  static Ends& ends = *new Ends;
  // Handlers run in the opposite order: OpenSSL has its own from its first use on.
  static const int registered = ((void)aws::sigv4::sha256_hex(""), std::atexit([] {
                                   const std::lock_guard lock(ends.mutex);
                                   for (const auto& one : ends.all) one();
                                 }));
  (void)registered;
  const std::lock_guard lock(ends.mutex);
  ends.all.push_back(std::move(end));
}

void warn(const std::string& what) { OTEL_INTERNAL_LOG_WARN("[spawn] " << what); }

std::shared_ptr<telemetry::Telemetry> xray_engine(const XRayOptions& options, trace::Rate rate,
                                                  trace::Resource resource,
                                                  telemetry::Options engine) {
  std::vector<telemetry::NamedSink> sinks;
  if (auto sink = sink_for(options)) {
    sinks.push_back(telemetry::filtered(std::move(*sink), trace::AttributeFilter()));
  } else {
    warn("no span is sent to X-Ray: " + sink.error().message);
  }
  auto made = std::make_shared<telemetry::Telemetry>(std::move(sinks), rate, std::move(resource),
                                                     seams().clock, seams().rng, engine);
  at_exit([made = std::weak_ptr(made)] {
    const auto alive = made.lock();
    if (alive)
      alive->shutdown(core::Deadline::after(seams().clock, std::chrono::milliseconds(250)));
  });
  return made;
}

bool report(const telemetry::Stats& stats) {
  for (const std::string& note : stats.notes) warn(note);
  const telemetry::Undelivered undelivered = telemetry::undelivered_spans(stats);
  if (!undelivered.line.empty()) warn(undelivered.line);
  return undelivered.most == 0;
}

}  // namespace spawn::apps
