// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/run_queue.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <span>
#include <utility>

#include "agent/job_environment.h"
#include "agent/root_span.h"
#include "aws/services/lambda.h"
#include "aws/services/s3_upload.h"
#include "aws/services/sqs_processing.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::agent {
namespace {

namespace key = trace::key;

constexpr core::Nanos kTimeToEnd = std::chrono::seconds(10);
constexpr core::Nanos kUploadTime = std::chrono::minutes(10);
constexpr core::Nanos kPatience = std::chrono::seconds(20);

class QueueRun {
 public:
  QueueRun(const QueueRequest& request, QueueSource& source, const config::Settings& settings,
           const Places& places, const QueueParts& parts)
      : request_(request), source_(source), settings_(settings), places_(places), parts_(parts) {}

  core::Result<QueueResult> operator()() {
    while (!parts_.interrupted()) {
      auto taken = source_.take();
      if (!taken) return core::fail(std::move(taken.error()));
      if (!*taken) break;
      const JobOutcome outcome = work_on(**taken);
      result_.succeeded += outcome == JobOutcome::succeeded ? 1 : 0;
      result_.failed += outcome == JobOutcome::failed ? 1 : 0;
    }
    result_.interrupted = parts_.interrupted();
    if (!result_.interrupted && !request_.lambda.empty()) tell_function();
    return result_;
  }

 private:
  // A span of the message, or of the line.
  JobOutcome work_on(const TakenJob& taken) {
    const auto job = parse_queue_job(taken.body);
    if (!job) {
      parts_.note(fmt::format("job {} of {} is no job: {}", core::visible(taken.id), source_.name(),
                              job.error().message));
    }
    if (taken.message) {
      aws::sqs::Processing processing(parts_.tracer, source_.url(), *taken.message);
      return in_span(processing.span(), taken, job);
    }
    telemetry::Span span =
        parts_.tracer.start("process " + source_.name(), trace::SpanKind::consumer);
    const telemetry::Scope scope(span.context());
    if (job && job->sender) span.add_link(job->sender->span);
    return in_span(span, taken, job);
  }

  JobOutcome in_span(telemetry::Span& span, const TakenJob& taken,
                     const core::Result<QueueJob>& job) {
    span.set(key::kJobId, std::string_view(taken.id));
    JobOutcome outcome = JobOutcome::failed;
    if (job) {
      outcome = run(span, taken, *job);
    } else {
      span.set_error(job.error().message);
    }
    if (auto settled = source_.settle(taken, outcome); !settled) {
      parts_.note(fmt::format("job {}: {}; it may come again", core::visible(taken.id),
                              settled.error().message));
    }
    return outcome;
  }

  JobOutcome run(telemetry::Span& span, const TakenJob& taken, const QueueJob& job) {
    const std::string name = file_safe(job.id.empty() ? taken.id : job.id);
    const telemetry::ActiveContext context = span.context();
    JobRequest request{{"/bin/sh", "-c", job.command},
                       ChildEnvironment(parts_.env.all()),
                       fmt::format("{}/{}-stdout.log", places_.jobs, name),
                       fmt::format("{}/{}-stderr.log", places_.jobs, name),
                       context.span,
                       &parts_.tracer,
                       [this, name](const std::string& text) {
                         parts_.note(fmt::format("job {}: {}", name, text));
                       }};
    put_job_array(settings_, request.environment);
    for (const auto& [variable, value] : job.environment) request.environment.set(variable, value);
    request.environment.set("JOB_ID", name);
    request.environment.set("JOB_ATTEMPT", fmt::format("{}", taken.attempt));
    request.environment.put(context.span,
                            context.extras != nullptr ? *context.extras : trace::ContextExtras{});
    const std::string output[] = {request.stdout_path, request.stderr_path};
    auto started = parts_.start_job(std::move(request));
    if (!started) {
      span.set_error(started.error().message);
      parts_.note(fmt::format("job {}: {}", name, started.error().message));
      return JobOutcome::released;
    }
    const ExitStatus status = look_after(**started, taken, job);
    set_outcome(span, status);
    const bool uploaded = upload(name, output, job);
    if (parts_.interrupted() && status.shell_code() != 0) return JobOutcome::released;
    return status.shell_code() == 0 && uploaded ? JobOutcome::succeeded : JobOutcome::failed;
  }

  // Until it has ended: hides its message, and ends it when its time is over or ours is.
  ExitStatus look_after(Job& running, const TakenJob& taken, const QueueJob& job) {
    const std::int64_t start = parts_.clock.steady_ns();
    std::int64_t keep_at = later(start, source_.keep_every());
    std::int64_t term_at = job.timeout ? later(start, *job.timeout) : INT64_MAX;
    std::int64_t kill_at = INT64_MAX;
    for (;;) {
      if (const auto status = running.poll()) return *status;
      const std::int64_t now = parts_.clock.steady_ns();
      if (now >= keep_at) {
        if (auto kept = source_.keep(taken); !kept) {
          parts_.note(fmt::format("job {}: {}; somebody else may get it too",
                                  core::visible(taken.id), kept.error().message));
        }
        keep_at = later(now, source_.keep_every());
      }
      if (kill_at == INT64_MAX && (parts_.interrupted() || now >= term_at)) {
        running.signal(SIGTERM);
        term_at = INT64_MAX;
        kill_at = later(now, kTimeToEnd);
      } else if (now >= kill_at) {
        running.signal(SIGKILL);
        kill_at = later(now, kTimeToEnd);
      }
      parts_.wait(std::min({keep_at, term_at, kill_at}));
    }
  }

  static std::int64_t later(std::int64_t now, core::Nanos by) {
    return by.count() > INT64_MAX - now ? INT64_MAX : now + by.count();
  }

  // True when nothing was to be done, or all of it was.
  bool upload(const std::string& name, std::span<const std::string> output, const QueueJob& job) {
    if (request_.results.empty()) return true;
    std::vector<std::string> files(output.begin(), output.end());
    files.insert(files.end(), job.result_files.begin(), job.result_files.end());
    bool all = true;
    for (const std::string& file : files) {
      const auto sent = upload_file(name, file);
      if (!sent) parts_.note(fmt::format("job {}: {}", name, sent.error().message));
      all = all && sent;
    }
    return all;
  }

  // PREFIX/[JOB_ARRAY/]JOB/FILE, as `spawn collect` looks for it.
  core::Status upload_file(const std::string& name, const std::string& file) {
    const auto place = parse_s3_place(request_.results);
    if (!place) return core::fail(place.error());
    if (parts_.session == nullptr) {
      return core::fail(core::Code::unavailable, "AWS cannot be called from here");
    }
    const auto endpoint = parts_.session->endpoint(aws::s3::kService);
    if (!endpoint) return core::fail(endpoint.error());
    std::string object = place->second;
    const std::string& array = settings_.job_array_id.value;
    if (!array.empty()) object += array + "/";
    object += fmt::format("{}/{}", name, file_name(file));
    aws::s3::NewObject request;
    request.name = {place->first, std::move(object)};
    const auto sent =
        aws::s3::upload_file(parts_.session->caller(), parts_.tracer, *endpoint, request, file,
                             core::Deadline::after(parts_.clock, kUploadTime));
    if (!sent) return core::fail(sent.error());
    return core::ok();
  }

  void tell_function() {
    using core::Json;
    aws::lambda::Invoke invoke;
    invoke.function = request_.lambda;
    invoke.how = aws::lambda::Invocation::event;
    invoke.payload = Json(Json::Object{{"queue", Json(source_.name())},
                                       {"job_array_id", Json(settings_.job_array_id.value)},
                                       {"succeeded", Json(result_.succeeded)},
                                       {"failed", Json(result_.failed)}})
                         .to_text();
    if (parts_.session == nullptr) {
      return parts_.note("on-complete: AWS cannot be called from here");
    }
    const auto endpoint = parts_.session->endpoint(aws::lambda::kService);
    if (!endpoint) return parts_.note("on-complete: " + endpoint.error().message);
    const auto invoked = aws::lambda::invoke(parts_.session->caller(), *endpoint, invoke,
                                             core::Deadline::after(parts_.clock, kPatience));
    if (!invoked) parts_.note("on-complete: " + invoked.error().message);
  }

  const QueueRequest& request_;
  QueueSource& source_;
  const config::Settings& settings_;
  const Places& places_;
  const QueueParts& parts_;
  QueueResult result_;
};

}  // namespace

core::Result<std::pair<std::string, std::string>> parse_s3_place(const std::string& text) {
  constexpr std::string_view kScheme = "s3://";
  if (text.starts_with(kScheme)) {
    const std::string rest = text.substr(kScheme.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    std::string prefix = slash < rest.size() ? rest.substr(slash + 1) : "";
    if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
    if (slash > 0) return std::pair(rest.substr(0, slash), std::move(prefix));
  }
  return core::fail(
      core::Code::invalid_argument,
      fmt::format("'{}' is no place in S3; expected s3://BUCKET[/PREFIX]", core::visible(text)));
}

core::Result<QueueResult> run_queue(const QueueRequest& request, QueueSource& source,
                                    const config::Settings& settings, const Places& places,
                                    const QueueParts& parts) {
  if (auto folder = core::make_private_folder(places.jobs); !folder) {
    return core::fail(std::move(folder.error()));
  }
  return QueueRun(request, source, settings, places, parts)();
}

}  // namespace spawn::agent
