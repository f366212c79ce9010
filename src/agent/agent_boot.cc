// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
// Agent: from nothing to the running command.
#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "agent/agent.h"
#include "agent/cloud.h"
#include "agent/completion_file.h"
#include "agent/job_environment.h"
#include "agent/process_resource.h"
#include "agent/root_span.h"
#include "agent/started_before.h"
#include "config/remarks.h"
#include "core/file.h"
#include "core/version.h"
#include "handoff/open_registry.h"
#include "trace/attributes.h"
#include "trace/traceparent.h"

namespace spawn::agent {
namespace {

namespace key = trace::key;

constexpr core::Nanos kPatience = std::chrono::seconds(5);

// Every call of the boot is held until it is known which trace it belongs to.
telemetry::ActiveContext provisional(const trace::SpanContext& fresh) {
  return {{fresh.trace_id, {}, trace::kSampled | trace::kRandom, false}, nullptr, true};
}

// What is run may carry a secret as an argument; its name does not.
std::string shell_command_name(const std::string& command) {
  const std::string first = command.substr(0, command.find_first_of(" \t\n;|&<>()"));
  const bool is_plain = !first.empty() && first.find_first_of("=$\"'`*?") == std::string::npos;
  return is_plain ? file_name(first) : "sh";
}

}  // namespace

core::Status Agent::find_out() {
  last_step_ = parts_.clock.now();
  started_ns_ = last_step_.steady_ns;
  fresh_ = tracing_.fresh_ids();
  const telemetry::ActiveContext parent = provisional(fresh_);
  // NOLINTNEXTLINE(modernize-make-unique): a Span cannot be moved into one
  boot_span_.reset(
      new telemetry::Span(tracing_.tracer().start_child_of(parent.span, nullptr, "spored boot")));
  const telemetry::Scope scope(boot_span_->context());
  if (auto read = read_settings(); !read) return read;  // to know whether this is a local one
  find_identity();
  open_session();
  if (identity_.is_local) return core::ok();
  return read_settings();
}

void Agent::boot() {
  for (const std::string& remark : config::remarks(*settings_)) note(remark);
  for (const std::string& ignored : settings_->notes) note(ignored);
  settings_seen_ns_ = last_step_.wall_ns;
  if (auto applied = tracing_.apply(*settings_, settings_seen_ns_); !applied) {
    note("nothing is traced: " + applied.error().message);
  }
  const trace::SpanId span_id = boot_span_->context().span.span_id;
  {
    const telemetry::Scope scope(boot_span_->context());
    find_launch();
  }
  const telemetry::ActiveContext real = context_->active();
  const trace::SpanContext own{real.span.trace_id, span_id, real.span.flags, false};
  {
    const telemetry::Scope scope({own, real.extras, true});
    join_registry(own);
  }
  boot_span_.reset();
  tracing_.release([&](trace::SpanRecord& record) {
    record.trace_id = own.trace_id;
    record.flags = own.flags;
    if (record.span_id == span_id) {
      record.parent_id = real.span.span_id;
      record.parent_remote = real.span.remote;
    }
    return own.sampled();
  });
  if (own.sampled()) context_->descend(own);
  start_command();
}

// A file that makes no sense is an error; a tag is not, since anybody may edit it at any time.
core::Status Agent::read_settings() {
  config::Sources sources = sources_;
  if (!identity_.is_local && session_) {
    auto tags =
        read_tags(identity_, imds_, *session_, core::Deadline::after(parts_.clock, kPatience));
    if (tags) {
      sources_.tags = sources.tags = std::move(*tags);
    } else {
      note("tags of the instance cannot be read: " + tags.error().message);
    }
  }
  complaints_.clear();
  auto settings = config::resolve(sources, parts_.env, complaints_);
  if (!settings) return core::fail(std::move(settings.error()));
  for (const std::string& complaint : complaints_) note(complaint + "; left out");
  settings_.emplace(std::move(*settings));
  return core::ok();
}

void Agent::find_identity() {
  const bool may_ask =
      parts_.on_instance || parts_.env.get_non_empty("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  identity_ = local_identity(*settings_);
  if (settings_->instance_id.value.empty() && may_ask) {
    if (auto asked = ask_instance(imds_)) {
      identity_ = std::move(*asked);
    } else {
      note(asked.error().message + "; going on as a local instance");
    }
  }
  trace::Resource resource = process_resource("spored", *settings_, parts_.rng);
  describe(identity_, detection(*settings_), resource);
  tracing_.set_resource(std::move(resource));
  tracing_.add_to_all(key::kInstanceId, identity_.instance_id);
  places_ = places_for(parts_.env, identity_.instance_id);
}

// A local agent without AWS needs none; without credentials every call would fail.
void Agent::open_session() {
  aws::SessionRequest request;
  request.region = identity_.region;
  request.on_instance = !identity_.is_local;
  request.version = core::version();
  auto session = aws::Session::make(request, {parts_.env, parts_.client, parts_.clock, parts_.rng},
                                    &tracing_.tracer());
  if (session && identity_.is_local && !(*session)->credentials().get()) return;
  if (session) {
    session_ = std::move(*session);
  } else if (!identity_.is_local) {
    note("AWS cannot be called: " + session.error().message);
  }
}

void Agent::find_launch() {
  const std::string& id = settings_->launch_id.value.empty() ? settings_->job_array_id.value
                                                             : settings_->launch_id.value;
  std::optional<core::Result<handoff::Row>> row;
  if (!id.empty()) {
    if (auto parsed = handoff::LaunchId::parse(id)) {
      launch_id_ = std::move(*parsed);
    } else {
      note(parsed.error().message);
    }
  }
  if (launch_id_) {
    auto registry = handoff::open_registry(session_.get(), tracing_.tracer(), parts_.env);
    if (registry) {
      registry_ = std::move(*registry);
      row = registry_->read_launch(*launch_id_, core::Deadline::after(parts_.clock, kPatience));
    } else {
      row = core::fail(registry.error());
    }
    tracing_.add_to_all(key::kJobArrayId, launch_id_->text());
  }
  if (const auto& index = settings_->job_array_index.value) {
    tracing_.add_to_all(key::kJobArrayIndex, *index);
  }
  auto found = handoff::find_context(launch_id_, row, settings_->traceparent.value,
                                     settings_->tracestate.value,
                                     parts_.clock.now().wall_ns / 1'000'000'000);
  // A launch that is not traced has a row without a context, and nothing is wrong with that.
  if (!found.complaint.empty() && !(row && *row && (*row)->traceparent.empty())) {
    note(found.complaint);
  }
  context_source_ = found.source;
  context_.emplace(std::move(found.context), settings_->job_array_size.value.value_or(1), fresh_,
                   tracing_.sampling());
  context_->set_tracing(tracing_.on());
  if (const auto& launch = context_->launch_to_link()) boot_span_->add_link(*launch);
  boot_span_->set(key::kContextSource, to_string(found.source));
  boot_span_->set(key::kProvider, identity_.provider());
}

handoff::Row Agent::row_for(const trace::SpanContext& own) const {
  handoff::Row row;
  row.instance_id = identity_.instance_id;
  row.index = settings_->job_array_index.value;
  row.provider = identity_.provider();
  row.ip_address = identity_.public_ip;
  row.private_ip = identity_.private_ip;
  row.region = identity_.region;
  handoff::ContextText text = handoff::text_of(own, &context_->extras());
  row.traceparent = std::move(text.traceparent);
  row.tracestate = std::move(text.tracestate);
  return row;
}

void Agent::join_registry(const trace::SpanContext& own) {
  if (!registry_) return;
  membership_.emplace(*registry_, *launch_id_, row_for(own), parts_.clock, parts_.note);
  next_heartbeat_ns_ = now_ns() + core::Nanos(handoff::kHeartbeatEvery).count();
  (void)membership_->join();
  if (settings_->job_array_size.value.value_or(1) > kMostMembersOfOneTrace) return;
  for (const handoff::Row& peer : membership_->peers()) {
    if (peer.index && peer.index == settings_->job_array_index.value) {
      note(fmt::format("{} has the index {} too", peer.instance_id, *peer.index));
    }
    if (const auto context = handoff::context_in(peer.traceparent, "")) {
      boot_span_->add_link(context->span);
    }
  }
}

void Agent::start_command() {
  const std::string launch = launch_id_ ? launch_id_->text() : "";
  auto before = read_started_before(places_.state, launch);
  const std::int64_t now_s = parts_.clock.now().wall_ns / 1'000'000'000;
  StartedBefore started = before.value_or(StartedBefore{launch, now_s, 0});
  const core::Nanos wall = identity_.launched_at_ns
                               ? core::Nanos(parts_.clock.now().wall_ns - *identity_.launched_at_ns)
                               : core::Nanos(std::chrono::seconds(now_s - started.first_start_s));
  age_at_start_ = identity_.is_local ? std::max(wall, core::Nanos(0))
                                     : age_at_start(wall, core::Nanos(started_ns_));
  completion_stamp_ = stamp_of(settings_->completion_file.value);
  arm_timers();

  const std::string& command = settings_->command.value;
  if (!command.empty() && started.job_pid != 0) {
    note(fmt::format("the command was started before, as process {}; it is not started again",
                     started.job_pid));
  } else if (!command.empty()) {
    run_command(launch.empty() ? "command" : launch, command);
    if (job_) started.job_pid = job_->pid();
  }
  if (auto written = write_started_before(places_.state, started); !written) {
    note(written.error().message + "; after a restart the command will be run again");
  }
}

void Agent::run_command(const std::string& name, const std::string& command) {
  job_span_ = start_span("spored workload");
  job_span_->set(key::kExecutable, std::string_view(shell_command_name(command)));
  const telemetry::ActiveContext context = job_span_->context();
  JobRequest request{{"/bin/sh", "-c", command},
                     ChildEnvironment(parts_.env.all()),
                     fmt::format("{}/{}-stdout.log", places_.jobs, name),
                     fmt::format("{}/{}-stderr.log", places_.jobs, name),
                     context.span,
                     &tracing_.tracer(),
                     [this](const std::string& text) { note("the command: " + text); }};
  put_job_array(*settings_, request.environment);
  request.environment.put(context.span, context_->extras());
  auto folder = core::make_private_folder(places_.jobs);
  auto started = folder ? parts_.start_job(std::move(request)) : core::fail(folder.error());
  if (started) {
    job_ = std::move(*started);
    return;
  }
  note("the command could not be started: " + started.error().message);
  constexpr int kNotExecutable = 126;
  constexpr int kNotFound = 127;
  job_status_ =
      ExitStatus{started.error().code == core::Code::not_found ? kNotFound : kNotExecutable, 0};
  look_at_job();
}

}  // namespace spawn::agent
