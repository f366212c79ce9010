// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// spawn: the program on a person's machine. Its commands are in src/cli/spawn_commands.cc.
#include <utility>

#include "apps/assembly.h"
#include "apps/serve.h"
#include "apps/summaries.h"
#include "cli/spawn_commands.h"
#include "server/trace_html.h"

int main(int argc, char** argv) {
  spawn::apps::Assembly assembly("spawn");
  auto parts = assembly.parts();
  parts.html = [&](const auto& trace) {
    return spawn::server::trace_html(trace, parts.clock.now().wall_ns);
  };
  parts.make_summaries = [&](const auto& request) {
    return spawn::apps::summaries(request, parts.env, parts.clock, parts.rng);
  };
  const auto serve = [&](const auto& request, auto note) {
    return spawn::apps::serve(request, std::move(note), parts.clock);
  };
  const auto status = spawn::cli::spawn_commands({argv + 1, argv + argc}, parts, serve);
  assembly.report_sampling();
  spawn::agent::exit_like(status);
}
