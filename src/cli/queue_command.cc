// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/queue_command.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "agent/environment.h"
#include "agent/process_resource.h"
#include "agent/run_queue.h"
#include "aws/services/s3.h"
#include "cli/agent_command.h"
#include "cli/control_commands.h"
#include "cli/traced_command.h"
#include "core/file.h"
#include "core/text.h"
#include "core/version.h"
#include "http/body.h"
#include "telemetry/undelivered.h"

namespace spawn::cli {
namespace {

using core::Code;

constexpr std::string_view kLambda = "lambda:";
constexpr core::Nanos kLastWords = std::chrono::seconds(5);
constexpr std::size_t kMostListBytes = 64U << 20;

// SIGTERM and SIGINT are taken between two jobs, or end the one that runs.
class Signals {
 public:
  explicit Signals(core::Clock& clock) : clock_(clock) {
    sigset_t caught;
    sigemptyset(&caught);
    for (const int number : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&caught, number);
    pthread_sigmask(SIG_BLOCK, &caught, nullptr);
    signal(SIGPIPE, SIG_IGN);
    fd_ = core::Fd(signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  void wait(std::int64_t until_ns) {
    const std::int64_t left = (until_ns - clock_.steady_ns()) / 1'000'000 + 1;
    pollfd watched{fd_.get(), POLLIN, 0};
    (void)poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
    take();
  }
  [[nodiscard]] bool interrupted() {
    take();
    return signal_ != 0;
  }
  [[nodiscard]] int number() const { return signal_; }

 private:
  void take() {
    signalfd_siginfo got{};
    while (read(fd_.get(), &got, sizeof got) == sizeof got) {
      if (got.ssi_signo != SIGCHLD) signal_ = static_cast<int>(got.ssi_signo);
    }
  }

  core::Clock& clock_;
  core::Fd fd_;
  int signal_ = 0;
};

core::Result<std::string> list_from_s3(aws::Session& session, const std::string& place,
                                       core::Clock& clock) {
  const auto name = agent::parse_s3_place(place);
  if (!name) return core::fail(name.error());
  std::string key = name->second;
  if (key.ends_with('/')) key.pop_back();
  const auto endpoint = session.endpoint(aws::s3::kService);
  if (!endpoint) return core::fail(endpoint.error());
  http::MemorySink sink(kMostListBytes);
  const auto got = aws::s3::get_object(session.caller(), *endpoint, {name->first, key}, sink,
                                       core::Deadline::after(clock, std::chrono::minutes(1)));
  if (!got) return core::fail(got.error());
  return std::string(sink.text());
}

// A file when there is one of that name, or it looks like a path; else a queue.
core::Result<std::unique_ptr<agent::QueueSource>> open_source(const std::string& queue,
                                                              aws::Session* session,
                                                              core::Clock& clock) {
  const bool is_place = queue.starts_with("s3://");
  const bool is_file = !is_place && (queue.find("://") == std::string::npos) &&
                       (queue.find('/') != std::string::npos || access(queue.c_str(), F_OK) == 0);
  if (!is_file && session == nullptr) {
    return core::fail(Code::unauthenticated, fmt::format("{}: AWS cannot be called from here: "
                                                         "there is no region, or no credentials",
                                                         core::visible(queue)));
  }
  if (is_place || is_file) {
    auto text =
        is_file ? core::read_file(queue, kMostListBytes) : list_from_s3(*session, queue, clock);
    if (!text) return core::fail(std::move(text.error()));
    return std::make_unique<agent::ListSource>(queue.substr(queue.rfind('/') + 1), *text);
  }
  auto source = agent::SqsSource::open(*session, clock, queue);
  if (!source) return core::fail(std::move(source.error()));
  return std::move(*source);
}

class QueueCommand {
 public:
  QueueCommand(const QueueOptions& options, const config::Settings& settings, const Parts& parts)
      : options_(options),
        settings_(settings),
        parts_(parts),
        signals_(parts.clock),
        client_(parts.make_client()),
        sampling_(settings.enabled.value ? parts.sampling(settings) : trace::Rate::never()),
        telemetry_(sinks(), sampling_, agent::process_resource("spored", settings, parts.rng),
                   parts.clock, parts.rng, settings.otel.engine) {}

  int operator()() {
    const agent::Inherited inherited = agent::context_from(parts_.env, sampling_);
    if (!inherited.complaint.empty()) note(inherited.complaint);
    telemetry::ActiveContext context;
    if (inherited.context) context = {inherited.context->span, &inherited.context->extras, true};
    const telemetry::Scope scope(context);
    const auto result = work();
    (void)telemetry_.shutdown(core::Deadline::after(parts_.clock, kLastWords));
    const auto undelivered = telemetry::undelivered_spans(telemetry_.stats());
    if (!undelivered.line.empty()) note(undelivered.line);
    if (!result) {
      note(result.error().message);
      return core::exit_status(result.error().code);
    }
    note(fmt::format("{} jobs succeeded, {} failed{}", result->succeeded, result->failed,
                     result->interrupted ? "; interrupted" : ""));
    if (result->interrupted) return 128 + signals_.number();
    return result->failed == 0 ? 0 : 1;
  }

 private:
  void note(const std::string& text) const {
    parts_.err << fmt::format("spored run-queue: {}\n", text) << std::flush;
  }

  std::vector<telemetry::NamedSink> sinks() {
    if (!settings_.enabled.value) return {};
    auto made = parts_.make_sinks(settings_);
    if (made) return std::move(*made);
    note("nothing is traced: " + made.error().message);
    return {};
  }

  core::Result<agent::QueueResult> work() {
    auto session =
        aws::Session::make({"", "", parts_.on_instance, std::string(core::version())},
                           {parts_.env, *client_, parts_.clock, parts_.rng}, &telemetry_.tracer());
    aws::Session* const usable =
        session && (*session)->credentials().get() ? session->get() : nullptr;
    auto source = open_source(options_.queue, usable, parts_.clock);
    if (!source) return core::fail(std::move(source.error()));
    agent::QueueRequest request{options_.results, ""};
    if (auto function = function_of(options_.on_complete)) request.lambda = std::move(*function);
    const std::string& instance = settings_.instance_id.value;
    return agent::run_queue(request, **source, settings_,
                            agent::places_for(parts_.env, instance.empty() ? "queue" : instance),
                            {parts_.env, parts_.clock, telemetry_.tracer(), usable,
                             [this](agent::JobRequest job) {
                               return agent::start_process(std::move(job), parts_.clock);
                             },
                             [this](std::int64_t until_ns) { signals_.wait(until_ns); },
                             [this] { return signals_.interrupted(); },
                             [this](const std::string& text) { note(text); }});
  }

  const QueueOptions& options_;
  const config::Settings& settings_;
  const Parts& parts_;
  Signals signals_;  // before any thread is started, so that none takes them
  std::unique_ptr<http::Client> client_;
  trace::Sampling sampling_;
  telemetry::Telemetry telemetry_;
};

core::Status check(const QueueOptions& options) {
  if (!options.results.empty()) {
    if (auto place = agent::parse_s3_place(options.results); !place) {
      return core::fail(std::move(place.error()).while_("--results"));
    }
  }
  if (!options.on_complete.empty()) {
    if (auto function = function_of(options.on_complete); !function) {
      return core::fail(std::move(function.error()));
    }
  }
  return core::ok();
}

}  // namespace

core::Result<std::string> function_of(const std::string& on_complete) {
  if (on_complete.starts_with(kLambda) && on_complete.size() > kLambda.size()) {
    return on_complete.substr(kLambda.size());
  }
  return core::fail(Code::invalid_argument, fmt::format("--on-complete: '{}' is not lambda:NAME",
                                                        core::visible(on_complete)));
}

void add_queue_options(CLI::App& command, QueueOptions& options) {
  command
      .add_option("QUEUE", options.queue,
                  "Name or URL of an SQS queue; or a list, one job a line: s3://BUCKET/KEY, FILE")
      ->required();
  command
      .add_option("--results", options.results, "Where the output of the jobs goes when they end")
      ->type_name("s3://BUCKET[/PREFIX]");
  command
      .add_option("--on-complete", options.on_complete,
                  "A function that is told when all jobs are done")
      ->type_name("lambda:NAME");
  command.add_option("--config", options.config, "Settings file (YAML)")->type_name("FILE");
}

int queue_command(const QueueOptions& options, const Parts& parts) {
  auto checked = check(options);
  if (checked) {
    config::Sources sources = agent_sources(options.config, parts.env);
    sources.tags = tags_of_agent(parts);
    sources.rather_untraced = true;
    const auto settings = resolved(sources, "spored", parts);
    if (settings) return QueueCommand(options, *settings, parts)();
    checked = core::fail(settings.error());
  }
  parts.err << fmt::format("spored run-queue: {}\n", checked.error().message);
  return core::exit_status(checked.error().code);
}

}  // namespace spawn::cli
