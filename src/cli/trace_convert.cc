// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_convert.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "cli/command_line.h"
#include "core/file.h"
#include "core/text.h"
#include "trace/attribute_filter.h"
#include "trace/format.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kCommand = "spawn trace convert";
constexpr std::size_t kMaxInputBytes = 512U << 20;
// Written at once; a line of OTLP has this many.
constexpr std::size_t kSpansAtOnce = 512;

int say(const core::Error& error, const Parts& parts) {
  parts.err << fmt::format("spawn: {}\n", core::visible(error.message));
  return core::exit_status(error.code);
}

const trace::SpanFormat* find_format(const Parts& parts, std::string_view name) {
  const auto at = std::ranges::find(parts.formats, name, &trace::SpanFormat::name);
  return at == parts.formats.end() ? nullptr : *at;
}

std::string no_such_format(const Parts& parts, std::string_view option, std::string_view typed) {
  std::vector<std::string_view> names;
  for (const trace::SpanFormat* format : parts.formats) names.push_back(format->name());
  if (typed.empty()) {
    return fmt::format("{} is missing: one of {}", option, fmt::join(names, ", "));
  }
  if (const auto near = core::nearest(typed, names)) {
    return fmt::format("{}: '{}' is no format; did you mean '{}'?", option, typed, *near);
  }
  return fmt::format("{}: '{}' is no format; there are {}", option, typed, fmt::join(names, ", "));
}

core::Result<std::string> read_stream(std::istream& in) {
  std::string text;
  std::vector<char> chunk(1U << 16);
  while (in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxInputBytes) {
      return core::fail(core::Code::io, fmt::format("larger than {} bytes", kMaxInputBytes));
    }
  }
  if (in.bad()) return core::fail(core::Code::io, "cannot be read");
  return text;
}

void report(const trace::SpanSet& set, const std::string& input, const Parts& parts) {
  std::string lines;
  for (const std::string& note : set.notes) lines += fmt::format("spawn: {}: {}\n", input, note);
  for (const std::string& problem : set.problems) {
    lines += fmt::format("spawn: {}: {}\n", input, problem);
  }
  if (const std::size_t more = set.problem_count - set.problems.size(); more > 0) {
    lines += fmt::format("spawn: {}: {} more problems like these\n", input, more);
  }
  parts.err << lines << std::flush;
}

// "" or what is wrong with them.
std::string check_choices(const ConvertOptions& options) {
  const bool keys = !options.annotate.empty();
  if (options.no_annotations && (options.annotate_all || keys)) {
    return fmt::format("--no-annotations and {} contradict each other",
                       keys ? "--annotate" : "--annotate-all");
  }
  const bool any =
      options.no_annotations || options.annotate_all || keys || !options.log_groups.empty();
  if (any && options.to != "xray") {
    return "--annotate, --annotate-all, --no-annotations and --log-group are for --to xray";
  }
  for (const auto& list : {options.annotate, options.log_groups}) {
    if (std::ranges::find(list, "") != list.end()) {
      return "--annotate and --log-group want a name, not an empty text";
    }
  }
  return {};
}

trace::DocumentSettings settings_of(const ConvertOptions& options) {
  using Annotate = trace::DocumentSettings::Annotate;
  return {options.no_annotations ? Annotate::none
          : options.annotate_all ? Annotate::all
                                 : Annotate::chosen,
          options.annotate, options.log_groups};
}

// As before an exporter: where the output goes, nobody knows.
void hide_secrets(trace::SpanSet& set) {
  trace::AttributeFilter filter;
  std::map<const trace::Resource*, std::unique_ptr<const trace::Resource>> stand_ins;
  for (const auto& resource : set.resources) {
    if (!filter.concerns(*resource)) continue;
    stand_ins[resource.get()] = std::make_unique<const trace::Resource>(filter.copy(*resource));
  }
  for (trace::SpanRecord& span : set.spans) {
    if (filter.concerns(span)) {
      trace::SpanRecord shown;
      filter.copy(span, shown);
      span = std::move(shown);
    }
    if (const auto at = stand_ins.find(span.resource); at != stand_ins.end()) {
      span.resource = at->second.get();
    }
  }
  for (auto& [hidden, stand_in] : stand_ins) set.resources.push_back(std::move(stand_in));
}

void write(const trace::SpanSet& set, const trace::SpanFormat& format,
           const trace::DocumentSettings& settings, std::ostream& out) {
  core::CharBuffer buffer;
  for (std::span<const trace::SpanRecord> rest = set.spans; !rest.empty();) {
    const std::size_t count = std::min(rest.size(), kSpansAtOnce);
    buffer.clear();
    format.write(rest.first(count), settings, buffer);
    out << buffer.view();
    rest = rest.subspan(count);
  }
}

}  // namespace

void add_convert_options(CLI::App& convert, ConvertOptions& options) {
  convert
      .add_option(
          "--from", options.from,
          "Format of the input: otlp (JSON, one export request a line or a whole document), "
          "jsonl (as the exporter stdout writes), xray (one segment document a line)")
      ->type_name("FORMAT");
  convert.add_option("--to", options.to, "Format of the output: one of the same")
      ->type_name("FORMAT");
  convert
      .add_option("--annotate", options.annotate,
                  "With --to xray: make this attribute searchable; of the resource with "
                  "otel.resource. before it. Repeatable")
      ->type_name("KEY")
      ->allow_extra_args(false);
  convert.add_flag("--annotate-all", options.annotate_all,
                   "With --to xray: make every attribute searchable, 50 a span at most");
  convert.add_flag("--no-annotations", options.no_annotations,
                   "With --to xray: make nothing searchable");
  convert
      .add_option("--log-group", options.log_groups,
                  "With --to xray: CloudWatch log group of segments that name none. Repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  convert.add_option("FILE", options.file, "What to read; '-' or nothing: standard input");
}

int trace_convert(const ConvertOptions& options, const Parts& parts) {
  const trace::SpanFormat* from = find_format(parts, options.from);
  if (from == nullptr) {
    return usage_error(parts.err, kCommand, no_such_format(parts, "--from", options.from));
  }
  const trace::SpanFormat* to = find_format(parts, options.to);
  if (to == nullptr) {
    return usage_error(parts.err, kCommand, no_such_format(parts, "--to", options.to));
  }
  if (const std::string wrong = check_choices(options); !wrong.empty()) {
    return usage_error(parts.err, kCommand, wrong);
  }
  const bool is_stdin = options.file == "-";
  const std::string input = is_stdin ? "standard input" : core::visible(options.file);
  auto text = is_stdin ? read_stream(parts.in) : core::read_file(options.file, kMaxInputBytes);
  if (!text) {
    if (is_stdin) return say(std::move(text.error()).while_(input), parts);
    return say(text.error(), parts);  // names the file
  }
  auto set = from->read(*text);
  if (!set) {
    (void)say(std::move(set.error()).while_(input), parts);
    return core::exit_status(core::Code::io);  // the input is at fault, not what was typed
  }
  text->clear();
  hide_secrets(*set);
  write(*set, *to, settings_of(options), parts.out);
  report(*set, input, parts);
  const int written = finish_output(parts.out, parts.err, "spawn");
  return written != 0 || set->problem_count == 0 ? written : core::exit_status(core::Code::io);
}

}  // namespace spawn::cli
