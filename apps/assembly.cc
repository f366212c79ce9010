// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/assembly.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "apps/curl_session.h"
#include "apps/local_source.h"
#include "apps/otlp_session.h"
#include "apps/xray_session.h"
#include "aws/services/xray.h"
#include "http/curl_client.h"
#include "store/trace_store.h"
#include "telemetry/filtering_sink.h"
#include "telemetry/stderr_sink.h"
#include "trace/jsonl.h"
#include "view/summary.h"
#include "xray/diagnosis.h"
#include "xray/facts.h"
#include "xray/source.h"

namespace spawn::apps {
namespace {

class XRaySessionSource final : public trace::TraceSource {
 public:
  XRaySessionSource(std::unique_ptr<CurlSession> session, std::string url)
      : session_(std::move(session)), url_(std::move(url)) {}

  core::Result<trace::Trace> get(const trace::TraceId& id) override {
    auto endpoint = session_->get().endpoint(aws::xray::kService, url_);
    if (!endpoint) return core::fail(std::move(endpoint.error()));
    return xray::XRaySource(session_->get().caller(), std::move(*endpoint)).get(id);
  }
  core::Status find(const trace::TraceQuery& query, const Found& found) override {
    auto endpoint = session_->get().endpoint(aws::xray::kService, url_);
    if (!endpoint) return core::fail(std::move(endpoint.error()));
    return xray::XRaySource(session_->get().caller(), std::move(*endpoint)).find(query, found);
  }
  [[nodiscard]] bool filters() const override { return true; }

 private:
  std::unique_ptr<CurlSession> session_;
  std::string url_;
};

// Where spans outlive the program. The agent's are written ahead; a command's only when they could
// not be sent. Of root's agent in the folder that systemd gives it, or /var/lib; else where XDG
// says. "": nowhere, there is no home.
telemetry::Keeping keeping(const std::string& program, const core::Env& env) {
  telemetry::Keeping keeping;
  keeping.write_ahead = program == "spored";
  const std::string home = env.get_non_empty("HOME").value_or("");
  std::string state = env.get_non_empty("XDG_STATE_HOME").value_or("");
  if (state.empty() && !home.empty()) state = home + "/.local/state";
  if (!state.empty()) keeping.folder = state + "/" + program + "/spool";
  if (keeping.write_ahead) {
    const std::string given = env.get_non_empty("STATE_DIRECTORY").value_or("");
    if (!given.empty()) {
      keeping.folder = given + "/spool";
    } else if (geteuid() == 0) {
      keeping.folder = "/var/lib/spored/spool";
    }
  }
  return keeping;
}

core::Result<std::vector<telemetry::NamedSink>> make_sinks(const std::string& program,
                                                           const config::Settings& settings,
                                                           const core::Env& env, core::Clock& clock,
                                                           core::Rng& rng,
                                                           std::vector<std::string>& notes) {
  std::vector<telemetry::NamedSink> sinks;
  std::size_t shown = 0;  // of them, those that are behind their filter
  telemetry::Keeping kept = keeping(program, env);
  for (const config::Exporter exporter : settings.exporters.value) {
    const std::string name(config::to_string(exporter));
    if (exporter == config::Exporter::stdout_) {
      sinks.push_back({name, std::make_unique<telemetry::StderrSink>(STDERR_FILENO)});
    } else if (exporter == config::Exporter::xray) {
      auto sink = xray_sink(config::xray_url(settings), kept, config::document_settings(settings),
                            env, clock, rng);
      if (!sink) return core::fail(std::move(sink.error()));
      sinks.push_back(std::move(*sink));
    } else if (exporter == config::Exporter::otlp) {
      auto targets = otlp_targets(settings.otel, settings.endpoint.value, env, notes);
      if (!targets) return core::fail(std::move(targets.error()));
      for (otlp::Target& target : *targets) {
        sinks.push_back(otlp_sink(numbered(name, sinks), std::move(target), kept, env, clock, rng));
      }
    } else if (exporter == config::Exporter::local) {
      auto path = store::traces_path(env);
      if (!path) return core::fail(std::move(path.error()));
      kept.name = name;
      sinks.push_back({name, std::make_unique<store::LocalSink>(std::move(*path), clock), kept,
                       /*whole_traces=*/false, /*in_progress=*/true});
    }
    for (; shown < sinks.size(); ++shown) {
      sinks[shown] = telemetry::filtered(
          std::move(sinks[shown]),
          config::attribute_filter(settings.filter.value, exporter, settings.otel.limits));
    }
  }
  return sinks;
}

core::Result<std::unique_ptr<trace::TraceSource>> make_source(const cli::SourceRequest& request,
                                                              const core::Env& env,
                                                              core::Clock& clock, core::Rng& rng) {
  if (request.from == "local") {
    auto path = store::traces_path(env);
    if (!path) return core::fail(std::move(path.error()));
    auto traces = store::TraceStore::open(*path, clock);
    if (!traces) return core::fail(std::move(traces.error()));
    return std::make_unique<LocalSource>(std::move(*traces));
  }
  if (request.from != "xray") {
    auto file = trace::JsonLinesSource::open(request.from);
    if (!file) return core::fail(std::move(file.error()));
    return std::move(*file);
  }
  auto session = CurlSession::make(request.region, request.profile, env, clock, rng, nullptr);
  if (!session) return core::fail(std::move(session.error()));
  return std::make_unique<XRaySessionSource>(std::move(*session), request.endpoint);
}

// The folder this program lies in: what belongs to it is found from there, wherever it is
// installed.
std::filesystem::path own_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

trace::Findings diagnose(const cli::SourceRequest& request, bool remote_sampling,
                         const core::Env& env, core::Clock& clock, core::Rng& rng) {
  auto session = CurlSession::make(request.region, request.profile, env, clock, rng, nullptr);
  if (!session) {
    return {{"AWS configuration", trace::Finding::State::problem, session.error().message,
             "mend that file or variable"}};
  }
  aws::Session& aws = (*session)->get();
  const auto endpoint = aws.endpoint(aws::xray::kService, request.endpoint);
  xray::DiagnosisRequest wanted;
  wanted.remote_sampling = remote_sampling;
  return xray::diagnose(endpoint, aws.credentials(), aws.caller(), clock, rng, wanted);
}

// Were one of 0, 1, 2 closed, the next socket would get its number, and notes would be written into
// it. Close-on-exec: the command finds them as closed as we did.
void occupy_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) < 0) (void)open("/dev/null", O_RDWR | O_CLOEXEC);
  }
}

}  // namespace

Assembly::Assembly(std::string program) : program_(std::move(program)) {
  occupy_standard_descriptors();
}

// One sampler for each address, for the whole run.
trace::Sampling Assembly::sampling(const config::Settings& settings) {
  if (!settings.sampling.value.remote) return settings.sampling.value.rate;
  // A collector's address is not X-Ray's.
  const auto& exporters = settings.exporters.value;
  const bool ours = std::ranges::find(exporters, config::Exporter::xray) != exporters.end();
  const std::string url = ours ? config::xray_url(settings) : "";
  auto& made = remote_sampling_[url];
  if (!made) {
    const std::string& name = settings.service_name.value;
    const auto warn = [program = program_](const std::string& what) {
      std::cerr << program + ": " + what + "\n" << std::flush;
    };
    made = std::make_unique<RemoteSampling>(
        RemoteSampling::Request{name.empty() ? program_ : name,
                                is_instance(env_) ? "AWS::EC2::Instance" : "", url, warn},
        env_, clock_, rng_);
  }
  return trace::Sampling(made->sampler());
}

void Assembly::report_sampling() {
  const auto deadline = core::Deadline::after(clock_, std::chrono::milliseconds(250));
  for (const auto& [url, sampling] : remote_sampling_) {
    if (sampling->sampler().has_counted()) sampling->stop(deadline);
  }
}

cli::Parts Assembly::parts() {
  return {
      env_,
      clock_,
      rng_,
      std::cout,
      std::cerr,
      cli::look_at(STDOUT_FILENO),
      cli::look_at(STDERR_FILENO),
      [this](const config::Settings& settings) {
        std::vector<std::string> notes;
        auto sinks = make_sinks(program_, settings, env_, clock_, rng_, notes);
        for (const std::string& note : notes) {
          if (told_.insert(note).second) std::cerr << program_ + ": " + note + "\n" << std::flush;
        }
        return sinks;
      },
      [this](const cli::SourceRequest& request) {
        return make_source(request, env_, clock_, rng_);
      },
      [](const trace::Trace& trace) {
        return view::summarize(trace.id,
                               trace.facts.empty() ? xray::facts_of(trace.spans) : trace.facts);
      },
      std::cin,
      {&otlp_, &jsonl_, &xray_},
      [this] { return std::make_unique<http::CurlClient>(env_); },
      is_instance(env_),
      isatty(STDIN_FILENO) == 1,
      own_folder() / "../share/spawn",
      own_folder() / "spored",
      [this](const cli::SourceRequest& request, bool remote_sampling) {
        return diagnose(request, remote_sampling, env_, clock_, rng_);
      },
      [this](const config::Settings& settings) { return sampling(settings); },
      keeping(program_, env_).folder,
  };
}

}  // namespace spawn::apps
