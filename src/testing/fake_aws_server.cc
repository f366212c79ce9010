// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// FakeAws on a loopback port, for tests with real clients. Prints "port N" and serves until it is
// terminated, or until its stdin closes if that is a pipe. GET /_documents: the segment documents
// that X-Ray accepted, one a line. With --metadata it is an instance's metadata service too, and
// with --parameter SSM knows something.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/json_write.h"
#include "core/text.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"
#include "testing/loopback_server.h"

namespace {

using spawn::testing::FakeAws;
using spawn::testing::Fault;

constexpr std::string_view kUsage =
    "usage: fake_aws [--fault SERVICE:STATUS|hang|garbage|expired:COUNT]... [--log FILE]\n"
    "                [--parameter NAME=VALUE]... [--metadata PATH=TEXT]... [--port N]\n"
    "                [--sampling-rule JSON]...\n";

// "s3:503:2"
bool add_fault(std::string_view text, FakeAws& aws) {
  const auto parts = spawn::core::split(text, ':');
  if (parts.size() != 3) return false;
  const auto count = spawn::core::parse_int(parts[2]);
  const auto status = spawn::core::parse_int(parts[1]);
  if (!count || *count < 1) return false;
  Fault fault;
  fault.count = static_cast<int>(*count);
  if (parts[1] == "hang") {
    fault.kind = Fault::Kind::hang;
  } else if (parts[1] == "garbage") {
    fault.kind = Fault::Kind::garbage;
  } else if (parts[1] == "expired") {
    fault.kind = Fault::Kind::expired;
  } else if (status && *status >= 200 && *status <= 599) {
    fault.status = static_cast<int>(*status);
  } else {
    return false;
  }
  aws.inject(std::string(parts[0]), fault);
  return true;
}

// "/meta-data/instance-id=i-1"
bool set_pair(std::string_view text, const std::function<void(std::string, std::string)>& set) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  set(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  return true;
}

// One JSON object a request, without any header's value but the trace header's.
void log_request(const FakeAws::Seen& seen, std::ostream& log) {
  spawn::core::CharBuffer line;
  spawn::core::JsonWriter out(line);
  const auto text = [&](std::string_view value) { out.string(spawn::core::repair_utf8(value)); };
  out.lit<R"({"service":)">();
  text(seen.service);
  out.lit<R"(,"operation":)">();
  text(seen.operation);
  out.lit<R"(,"method":)">();
  text(seen.method);
  out.lit<R"(,"path":)">();
  text(seen.path);
  out.lit<R"(,"trace":)">();
  text(seen.trace_header);
  out.lit<R"(,"headers":[)">();
  bool first = true;
  for (const std::string& name : seen.header_names) {
    if (!first) out.lit<",">();
    first = false;
    text(name);
  }
  out.lit<"]}\n">();
  log << line.view() << std::flush;
}

class Handler {
 public:
  Handler(FakeAws& aws, std::ofstream& log) : aws_(aws), log_(log) {}

  spawn::http::Reply operator()(const spawn::http::Request& request) {
    if (request.method == "GET" && request.url.ends_with("/_documents")) return documents();
    const std::lock_guard lock(mutex_);
    auto reply = aws_.send(request);
    if (log_.is_open()) log_request(aws_.seen().back(), log_);
    // Status 0 is never sent: the client waits.
    return reply ? *std::move(reply) : spawn::http::Reply();
  }

 private:
  spawn::http::Reply documents() {
    spawn::http::Reply reply;
    reply.status = 200;
    for (const std::string& document : aws_.documents()) reply.body += document + "\n";
    return reply;
  }

  FakeAws& aws_;
  std::ofstream& log_;
  std::mutex mutex_;
};

void wait_for_the_end() {
  struct stat about {};
  if (fstat(STDIN_FILENO, &about) != 0 || !S_ISFIFO(about.st_mode)) {
    for (;;) pause();
  }
  for (std::string ignored; std::getline(std::cin, ignored);) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  spawn::testing::FakeClock clock;  // nothing here ever waits by itself
  FakeAws aws(clock);
  std::ofstream log;
  std::uint16_t port = 0;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    bool good = false;
    if (option == "--fault") good = add_fault(value, aws);
    if (option == "--parameter") {
      good = set_pair(value, [&](auto name, auto text) { aws.put_parameter(name, text); });
    }
    // The first "=" ends the path: none of the metadata's paths has one.
    if (option == "--metadata") {
      good = set_pair(value, [&](auto path, auto text) { aws.set_metadata(path, text); });
    }
    if (option == "--log") {
      log.open(std::string(value), std::ios::app);
      good = log.is_open();
    }
    if (option == "--sampling-rule") {
      auto rule = spawn::core::Json::parse(value);
      good = rule.has_value();
      if (good) aws.add_sampling_rule(std::move(*rule));
    }
    if (option == "--port") {
      const auto number = spawn::core::parse_int(value);
      good = number && *number > 0 && *number < 65536;
      if (good) port = static_cast<std::uint16_t>(*number);
    }
    if (good) continue;
    std::cerr << "fake_aws: cannot use " << option << " '" << value << "'\n" << kUsage;
    return 2;
  }
  Handler handler(aws, log);
  spawn::testing::LoopbackServer server([&](const auto& request) { return handler(request); },
                                        port);
  fmt::print("port {}\n", server.port());
  std::fflush(stdout);
  wait_for_the_end();
  server.close();
  return 0;
}
