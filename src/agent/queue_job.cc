// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/queue_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/duration.h"
#include "core/json.h"
#include "core/text.h"
#include "handoff/context.h"

namespace spawn::agent {
namespace {

constexpr std::size_t kMostShown = 60;
constexpr std::size_t kMostNameBytes = 128;

tl::unexpected<core::Error> bad(std::string_view key, std::string_view what) {
  return core::fail(core::Code::invalid_argument,
                    fmt::format("{}: {}", core::visible(core::utf8_prefix(key, kMostShown)), what));
}

core::Status read_environment(const core::Json& value, QueueJob& job) {
  if (value.object() == nullptr) return bad("environment", "expected an object of texts");
  for (const auto& [name, text] : *value.object()) {
    const bool is_name = !name.empty() && name.find('=') == std::string::npos &&
                         name.find('\0') == std::string::npos;
    if (!is_name || text.string() == nullptr) {
      return bad(fmt::format("environment: {}", name), "expected NAME: text");
    }
    job.environment.emplace_back(name, *text.string());
  }
  return core::ok();
}

core::Status read_files(const core::Json& value, QueueJob& job) {
  if (value.array() == nullptr) return bad("result_files", "expected an array of paths");
  for (const core::Json& path : *value.array()) {
    if (path.string() == nullptr || path.string()->empty()) {
      return bad("result_files", "expected an array of paths");
    }
    job.result_files.push_back(*path.string());
  }
  return core::ok();
}

core::Status read_member(const std::string& key, const core::Json& value, QueueJob& job) {
  if (key == "environment" || key == "env") return read_environment(value, job);
  if (key == "result_files" || key == "result_paths") return read_files(value, job);
  const std::string* text = value.string();
  if (text == nullptr) return bad(key, "expected a text");
  if (key == "id") {
    job.id = *text;
  } else if (key == "command") {
    job.command = *text;
  } else if (key == "timeout") {
    job.timeout = config::parse_duration(*text);
    if (!job.timeout) return bad(key, "expected a length of time as 30m");
  } else if (key == "traceparent") {
    job.sender = handoff::context_in(*text, "");
  } else if (key != "tracestate") {
    constexpr std::string_view kKnown[] = {"id",      "command",      "environment",
                                           "timeout", "result_files", "traceparent"};
    const auto near = core::nearest(key, kKnown);
    return bad(key, near ? fmt::format("unknown key; did you mean '{}'?", *near) : "unknown key");
  }
  return core::ok();
}

}  // namespace

core::Result<QueueJob> parse_queue_job(std::string_view text) {
  text = core::trim(text);
  QueueJob job;
  if (!text.starts_with('{')) {
    job.command = text;
  } else {
    const auto json = core::Json::parse(text);
    if (!json) return core::fail(json.error());
    for (const auto& [key, value] : *json->object()) {
      if (auto read = read_member(key, value, job); !read) {
        return core::fail(std::move(read.error()));
      }
    }
  }
  if (job.command.empty() || job.command.find('\0') != std::string::npos) {
    return bad("command", "there is none");
  }
  return job;
}

std::string file_safe(std::string_view id) {
  std::string name(id.substr(0, kMostNameBytes));
  std::ranges::replace_if(
      name,
      [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.';
      },
      '_');
  if (name.empty() || name.front() == '.') name.insert(0, "_");
  return name;
}

}  // namespace spawn::agent
