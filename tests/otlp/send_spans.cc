// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Hands the spans of a file (one ExportTraceServiceRequest as JSON) to the exporter otlp as the
// programs assemble it, for tests/e2e/otlp_decoded.sh. Where to, and how, says the environment.
//
//   send_spans FILE
#include <iostream>

#include "apps/assembly.h"
#include "config/settings.h"
#include "core/file.h"
#include "otlp/json_read.h"

namespace {

namespace core = spawn::core;

core::Status send(const char* file) {
  const auto text = core::read_file(file, 1U << 20);
  if (!text) return core::fail(text.error());
  spawn::trace::SpanSet set;
  if (auto read = spawn::otlp::read_json(*text, set); !read) return read;

  spawn::apps::Assembly assembly("spawn");
  const spawn::cli::Parts parts = assembly.parts();
  spawn::config::Sources sources;
  sources.flags.exporter = "otlp";
  const auto settings = spawn::config::resolve(sources, parts.env);
  if (!settings) return core::fail(settings.error());
  auto sinks = parts.make_sinks(*settings);
  if (!sinks) return core::fail(sinks.error());
  const auto report = sinks->front().sink->write(
      set.spans, core::Deadline::after(parts.clock, std::chrono::seconds(30)));
  if (report.delivered == set.spans.size()) return core::ok();
  return core::fail(core::Code::unavailable, report.reason);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto sent = send(argv[1]);
  if (!sent) std::cerr << "send_spans: " << sent.error().message << '\n';
  return sent ? 0 : 1;
}
