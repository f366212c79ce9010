// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/collect.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include "aws/paginator.h"
#include "aws/services/s3.h"
#include "aws/services/s3_upload.h"
#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/traced_command.h"
#include "core/text.h"

namespace spawn::cli {
namespace {

namespace s3 = aws::s3;
namespace fs = std::filesystem;
using core::Code;

constexpr std::string_view kCommand = "spawn collect";
constexpr core::Nanos kForOneObject = std::chrono::hours(1);

struct Place {
  std::string bucket;
  std::string prefix;  // "" or ends in a slash
};
core::Result<Place> place_of(const CollectOptions& options) {
  constexpr std::string_view kScheme = "s3://";
  Place place;
  if (options.from.starts_with(kScheme)) {
    const std::string rest = options.from.substr(kScheme.size());
    const auto slash = rest.find('/');
    place.bucket = rest.substr(0, slash);
    if (slash != std::string::npos) place.prefix = rest.substr(slash + 1);
  }
  if (place.bucket.empty()) {
    return core::fail(
        Code::invalid_argument,
        fmt::format("'{}' is no place in S3; expected s3://BUCKET/PREFIX", options.from));
  }
  if (!place.prefix.empty() && !place.prefix.ends_with('/')) place.prefix += '/';
  if (!options.job_array_id.empty()) place.prefix += options.job_array_id + "/";
  return place;
}

// Where an object goes; nothing for one that would leave the folder, or is a folder itself.
std::optional<fs::path> path_of(const std::string& folder, std::string_view below) {
  const fs::path relative{std::string(below)};
  if (below.empty() || below.ends_with('/') || relative.is_absolute()) return std::nullopt;
  if (std::ranges::any_of(relative, [](const fs::path& part) { return part == ".."; })) {
    return std::nullopt;
  }
  return fs::path(folder) / relative;
}

class Collection {
 public:
  Collection(const CollectOptions& options, Place place, const Parts& parts, Account& account,
             telemetry::Tracer& tracer)
      : options_(options),
        place_(std::move(place)),
        parts_(parts),
        account_(account),
        tracer_(tracer),
        progress_(parts.err_terminal, parts.err) {}

  core::Status operator()(const Interrupt& interrupt) {
    if (account_.session() == nullptr) return core::fail(account_.why());
    auto endpoint = account_.session()->endpoint(s3::kService);
    if (!endpoint) return core::fail(std::move(endpoint.error()));
    if (auto listed = list(*endpoint); !listed) return listed;
    if (objects_.empty()) {
      return core::fail(Code::not_found, fmt::format("there is nothing in s3://{}/{}",
                                                     place_.bucket, place_.prefix));
    }
    core::Status done = options_.list ? core::ok() : fetch(*endpoint, interrupt);
    progress_.clear();
    table_.write(*form_of(options_.output), options_.output.quiet, parts_.out);
    return done;
  }

 private:
  core::Status list(const aws::Endpoint& endpoint) {
    return aws::for_each_page(
        tracer_, "S3.ListObjectsV2",
        [&](const std::string& token) {
          return s3::list_objects_v2(account_.session()->caller(), endpoint,
                                     {place_.bucket, place_.prefix, "", 0, "", token},
                                     core::Deadline::after(parts_.clock, std::chrono::seconds(60)));
        },
        [&](s3::ObjectPage page) {
          for (s3::ListedObject& object : page.objects) {
            if (options_.list) add(object, "");
            objects_.push_back(std::move(object));
          }
          progress_.say(fmt::format("{} found", objects_.size()));
        });
  }

  core::Status fetch(const aws::Endpoint& endpoint, const Interrupt& interrupt) {
    std::size_t fetched = 0;
    for (const s3::ListedObject& object : objects_) {
      if (interrupt.requested()) {
        return core::fail(Code::unavailable, fmt::format("interrupted; {} of {} were fetched",
                                                         fetched, objects_.size()));
      }
      progress_.say(fmt::format("{} of {}: {}", fetched + 1, objects_.size(), object.key));
      const auto path =
          path_of(options_.folder, std::string_view(object.key).substr(place_.prefix.size()));
      if (!path) {
        progress_.clear();
        parts_.err << fmt::format("spawn: '{}' is no name of a file and was left out\n",
                                  core::visible(object.key));
        continue;
      }
      std::error_code error;
      fs::create_directories(path->parent_path(), error);
      if (error) {
        return core::fail(Code::io,
                          fmt::format("{}: {}", path->parent_path().string(), error.message()));
      }
      auto got =
          s3::download_file(account_.session()->caller(), endpoint, {place_.bucket, object.key},
                            *path, core::Deadline::after(parts_.clock, kForOneObject));
      if (!got) {
        return core::fail(
            std::move(got.error())
                .while_(fmt::format("{} of {} were fetched", fetched, objects_.size())));
      }
      ++fetched;
      add(object, path->string());
    }
    return core::ok();
  }

  void add(const s3::ListedObject& object, std::string_view path) {
    table_.add({core::Json(object.key), core::Json(static_cast<std::int64_t>(object.size)),
                text_or_null(object.last_modified), text_or_null(path)});
  }

  const CollectOptions& options_;
  Place place_;
  const Parts& parts_;
  Account& account_;
  telemetry::Tracer& tracer_;
  Progress progress_;
  std::vector<s3::ListedObject> objects_;
  Table table_{{{"key", "KEY"}, {"size", "BYTES"}, {"last_modified", "MODIFIED"}, {"path", "FILE"}},
               "key"};
};

}  // namespace

void add_collect_options(CLI::App& command, CollectOptions& options) {
  command.add_option("FROM", options.from, "Where results are: s3://BUCKET/PREFIX")->required();
  command.add_option("FOLDER", options.folder, "Where they go; default: this one");
  command.add_option("--job-array-id", options.job_array_id, "Only what is below PREFIX/ID/")
      ->type_name("ID");
  command.add_flag("--list", options.list, "List them, and fetch nothing");
  add_account_options(command, options.account);
  add_output_options(command, options.output);
}

int collect(const CollectOptions& options, const Parts& parts) {
  if (!form_of(options.output)) return refuse_form(parts.err, kCommand, options.output);
  auto place = place_of(options);
  if (!place) return usage_error(parts.err, kCommand, place.error().message);
  const auto settings = command_settings(parts);
  if (!settings) return usage_error(parts.err, kCommand, settings.error().message);
  Interrupt interrupt;
  TracedCommand traced(std::string(kCommand), *settings, parts);
  Account account(options.account, parts, traced.tracer());
  const core::Status done =
      Collection(options, std::move(*place), parts, account, traced.tracer())(interrupt);
  traced.finish(done ? nullptr : &done.error());
  const int written = finish_output(parts.out, parts.err, "spawn");
  if (done) return written;
  parts.err << fmt::format("spawn: {}\n", core::visible(done.error().message));
  if (const int number = interrupt.take(); number != 0) return 128 + number;
  return core::exit_status(done.error().code);
}

}  // namespace spawn::cli
