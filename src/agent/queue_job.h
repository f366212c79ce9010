// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One job of a queue: a line of a file or the body of a message. A plain text is a shell command; a
// JSON object says more: {"id":…,"command":…,"environment":{…},"timeout":"30m","result_files":[…],
// "traceparent":…}. Written by others: whatever is wrong with it is named. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "trace/context.h"

namespace spawn::agent {

struct QueueJob {
  std::string id;  // "" when it names none
  std::string command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::optional<core::Nanos> timeout;
  std::vector<std::string> result_files;
  std::optional<trace::TraceContext> sender;  // where the job comes from; to link to
};

// Code::invalid_argument: what is wrong with it.
core::Result<QueueJob> parse_queue_job(std::string_view text);

// As a part of a file's or an object's name: letters, digits, '-', '_' and '.'; all else is '_'.
std::string file_safe(std::string_view id);

}  // namespace spawn::agent
