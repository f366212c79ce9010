// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <mutex>
#include <utility>

#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "core/text.h"
#include "store/trace_store.h"

namespace spawn::cli {
namespace {

// Whatever the desktop shows pages with; it may say what it likes to nobody.
bool open_in_browser(const std::string& url) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string program = "xdg-open";
  std::string page = url;
  char* arguments[] = {program.data(), page.data(), nullptr};
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, program.c_str(), &files, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed == 0;
}

void say_where(const Served& served, const std::string& db, const Parts& parts) {
  parts.err << fmt::format("spawn: traces are at {}/ and kept in {}; end it with Ctrl-C\n",
                           served.xray, core::visible(db))
            << std::flush;
  parts.out << fmt::format("export AWS_ENDPOINT_URL_XRAY={}\n", served.xray);
  if (!served.udp.empty()) {
    parts.out << fmt::format("export AWS_XRAY_DAEMON_ADDRESS={}\n", served.udp);
  }
  if (!served.otlp.empty()) {
    parts.out << fmt::format("export OTEL_EXPORTER_OTLP_ENDPOINT={}\n", served.otlp);
  }
}

}  // namespace

void add_serve_options(CLI::App& serve, ServeOptions& options) {
  serve
      .add_option("--port", options.port,
                  "Port of the page and of X-Ray's API, default 4319; 0: free ones for everything")
      ->type_name("N")
      // CLI11's own word for it is "Could not convert".
      ->check([](const std::string& typed) {
        const auto port = core::parse_int(typed);
        if (port && *port >= 0 && *port <= 65535) return std::string();
        return fmt::format("'{}' is no port; expected a number from 0 to 65535",
                           core::visible(typed));
      });
  serve
      .add_option("--db", options.db,
                  "Where traces are kept; default: traces.db in spawn's state folder")
      ->type_name("FILE");
  serve.add_flag("--open", options.open, "Show the page in a browser");
  serve.add_flag("--no-udp", options.no_udp, "Leave the X-Ray daemon's ports (2000) alone");
  serve.add_flag("--no-otlp", options.no_otlp, "Leave the port of OTLP (4318) alone");
}

int trace_serve(const ServeOptions& options, const Serve& serve, const Parts& parts) {
  std::string db = options.db;
  if (db.empty()) {
    auto path = store::traces_path(parts.env);
    if (!path) return usage_error(parts.err, "spawn trace serve", path.error().message);
    db = std::move(*path);
  }
  // Before any thread is started, so that each leaves signals to us.
  Interrupt interrupt;
  std::mutex mutex;
  const auto note = [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    parts.err << fmt::format("spawn: {}\n", line) << std::flush;
  };
  auto served = serve({options.port, db, !options.no_udp, !options.no_otlp}, note);
  if (!served) {
    note(served.error().message);
    return core::exit_status(served.error().code);
  }
  say_where(*served, db, parts);
  if (const int failed = finish_output(parts.out, parts.err, "spawn")) return failed;
  if (options.open && !open_in_browser(served->xray + "/")) {
    note("no browser was found; open " + served->xray + "/");
  }
  (void)interrupt.wait();
  served->running.reset();
  return 0;
}

}  // namespace spawn::cli
