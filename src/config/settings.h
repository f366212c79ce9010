// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The settings of both programs, parsed, not validated: a Settings can only be made by resolve(),
// so it cannot be wrong. Precedence, lowest first: defaults < file < tags < environment < flags.
// Every value knows where it came from. Names and defaults of tracing: the guide's table
// "Configuration"; which keys there are: keys.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/filter.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/url.h"
#include "otelconfig/configuration.h"
#include "trace/document_settings.h"
#include "trace/rate.h"

namespace spawn::config {

// `local`: the trace store of this machine (store/trace_store.h).
enum class Exporter { xray, stdout_, otlp, local, none };
std::string_view to_string(Exporter exporter);

// What happens when the work is done. `nothing`: the agent goes on.
enum class OnComplete { nothing, exit, stop, hibernate, terminate };
std::string_view to_string(OnComplete action);

// "2026-01-02T15:04:05Z", or "+2h": that long after the setting was first seen.
struct When {
  bool relative = false;
  std::int64_t ns = 0;  // since 1970, or since it was first seen
  friend bool operator==(const When&, const When&) = default;
};

// Which traces are recorded: a share of those that begin here, or those that X-Ray's sampling rules
// want ("remote").
struct Sampling {
  trace::Rate rate = *trace::Rate::from(0.1);  // always where X-Ray is asked
  bool remote = false;
  friend bool operator==(const Sampling&, const Sampling&) = default;
};

// Which attributes X-Ray can search for: our own and `keys`, none, or all that fit.
struct Annotations {
  trace::DocumentSettings::Annotate which = trace::DocumentSettings::Annotate::chosen;
  std::vector<std::string> keys{};
  friend bool operator==(const Annotations&, const Annotations&) = default;
};

// A value with its origin, for people: "default", "/etc/spawn/local.yaml:4",
// "tag spawn:tracing-enabled", "--sampling".
template <typename T>
struct Sourced {
  T value;
  std::string source = "default";
};

class Settings {
 public:
  Sourced<bool> enabled{false};
  Sourced<std::vector<Exporter>> exporters{{Exporter::xray}};
  Sourced<Sampling> sampling{{}};
  Sourced<std::optional<core::Url>> endpoint{std::nullopt};
  // The window in which tracing is on, when it is enabled. Open where nothing is set.
  Sourced<std::optional<When>> from{std::nullopt};
  Sourced<std::optional<When>> until{std::nullopt};
  Sourced<Annotations> annotations{{}};
  // CloudWatch log groups that X-Ray's console offers beside our segments.
  Sourced<std::vector<std::string>> log_groups{{}};
  // What exporters may show of attributes. Secrets are hidden without it.
  Sourced<Filter> filter{{}};
  // service.name as OpenTelemetry's configuration has it; empty: the program's own name.
  Sourced<std::string> service_name{""};
  // What that configuration says and is no setting of ours: the resource, limits, the queue, and
  // how the exporters that a file names are set up.
  otelconfig::Configuration otel{};

  // The instance's life. Absent: without end.
  Sourced<std::optional<core::Nanos>> ttl{std::nullopt};  // since its launch
  Sourced<std::optional<core::Nanos>> idle_timeout{std::nullopt};
  Sourced<double> idle_cpu{5.0};   // percent of all CPUs; below it the instance is idle
  Sourced<bool> hibernate{false};  // instead of terminating an idle instance
  Sourced<OnComplete> on_complete{OnComplete::nothing};
  Sourced<std::string> completion_file{"/tmp/SPAWN_COMPLETE"};
  Sourced<core::Nanos> completion_delay{core::Nanos(0)};
  Sourced<std::string> pre_stop{""};  // a shell command, run before a spot instance is taken

  // Which instance this is, and what it is to do. Empty: of no array; nothing.
  Sourced<std::string> instance_id{""};  // of a local instance
  Sourced<std::string> launch_id{""};
  Sourced<std::string> job_array_id{""};
  Sourced<std::string> job_array_name{""};
  Sourced<std::optional<std::int64_t>> job_array_index{std::nullopt};
  Sourced<std::optional<std::int64_t>> job_array_size{std::nullopt};
  Sourced<std::string> command{""};
  // The launch's context, where the registry cannot tell it.
  Sourced<std::string> traceparent{""};
  Sourced<std::string> tracestate{""};

  Sourced<bool> metrics_enabled{false};
  Sourced<std::int64_t> metrics_port{9090};
  Sourced<std::string> metrics_path{"/metrics"};
  Sourced<std::string> metrics_bind{"127.0.0.1"};

  // What the environment says and makes no sense, or is not obeyed: each is to be said.
  std::vector<std::string> notes{};

 private:
  Settings() = default;
  friend struct SettingsBuilder;
};

// What a person typed. Unset: not given.
struct Flags {
  std::optional<std::string> exporter;  // "xray", or several with commas
  std::optional<std::string> sampling;
  std::optional<std::string> endpoint;
  std::optional<std::string>
      annotations{};                        // as of the setting: "none", "all", or keys with commas
  std::optional<std::string> log_groups{};  // with commas
  std::optional<std::string> filter{};      // as of the setting
};

// Of the instance; names with their prefix, "spawn:tracing-enabled".
using Tags = std::map<std::string, std::string, std::less<>>;

struct Sources {
  // The file to read; with `file_required` (it was named by --config or SPAWN_CONFIG) a missing one
  // is an error, else it is no file.
  std::string file = "/etc/spawn/local.yaml";
  bool file_required = false;
  Flags flags;
  // `spawn trace run` was typed by a person who wants a trace now: enabled, rate 1, unless file,
  // environment or flags say otherwise.
  bool asked_for_tracing = false;
  Tags tags = {};
  // Something else is to be done, and matters more than its trace: where the file of
  // OTEL_CONFIG_FILE is wrong, which may be meant for the workload alone, tracing is off unless
  // --exporter is given, and a note says so.
  bool rather_untraced = false;
};

// Errors are Code::invalid_argument (Code::permission_denied for a file that may not be read), one
// line: where (file and line, or flag), what, what was expected, the nearest right thing. Unknown
// keys of the file are errors. So is what is wrong with the file of OTEL_CONFIG_FILE, unless
// `rather_untraced`; what a variable says and makes no sense counts as not set.
core::Result<Settings> resolve(const Sources& sources, const core::Env& env);

// The same for a machine that must go on: a tag that makes no sense is left out, as if it were not
// there, and named in `complaints`. (Anybody may edit tags while it runs.)
core::Result<Settings> resolve(const Sources& sources, const core::Env& env,
                               std::vector<std::string>& complaints);

// X-Ray's address: `endpoint`, or what OpenTelemetry's configuration says of its exporter; "": as
// the AWS CLI finds it.
std::string xray_url(const Settings& settings);

// What the settings say of X-Ray's documents.
trace::DocumentSettings document_settings(const Settings& settings);

// Tags alone, before they are written: the first that makes no sense is the error. Names that do
// not begin with "spawn:" are the person's own.
core::Status check_tags(const Tags& tags);

// The file's part alone, from text (for tests and the fuzzer). `name` is used in messages.
core::Status check_yaml(std::string_view text, std::string_view name);

}  // namespace spawn::config
