// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/queue_submit.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <istream>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "aws/services/sqs.h"
#include "cli/command_line.h"
#include "cli/progress.h"
#include "cli/traced_command.h"
#include "core/file.h"
#include "core/text.h"

namespace spawn::cli {
namespace {

namespace sqs = aws::sqs;
using core::Code;

constexpr std::string_view kCommand = "spawn queue submit";
constexpr std::size_t kBatch = 10;  // messages that SQS takes at once
constexpr core::Nanos kAtMost = std::chrono::minutes(10);

struct Job {
  std::int64_t line = 0;  // from 1
  std::string body;
};

core::Result<std::vector<Job>> jobs_of(const SubmitOptions& options, const Parts& parts) {
  if (options.body.empty() == options.file.empty()) {
    return core::fail(Code::invalid_argument,
                      "expected a FILE with one job a line ('-' for standard input), or --body");
  }
  if (!options.body.empty()) return std::vector<Job>{{1, options.body}};
  std::string text;
  if (options.file == "-") {
    text.assign(std::istreambuf_iterator<char>(parts.in), {});
  } else {
    auto read = core::read_file(options.file);
    if (!read) return core::fail(std::move(read.error()));
    text = std::move(*read);
  }
  std::vector<Job> jobs;
  std::int64_t line = 0;
  for (const std::string_view job : core::split(text, '\n')) {
    ++line;
    if (!core::trim(job).empty()) jobs.push_back({line, std::string(core::trim(job))});
  }
  if (jobs.empty()) {
    return core::fail(Code::invalid_argument,
                      fmt::format("{}: there is no job in it", options.file));
  }
  return jobs;
}

class Submission {
 public:
  Submission(const SubmitOptions& options, const Parts& parts, Account& account)
      : options_(options),
        parts_(parts),
        account_(account),
        deadline_(core::Deadline::after(parts.clock, kAtMost)),
        progress_(parts.err_terminal, parts.err) {}

  core::Status operator()(const std::vector<Job>& jobs) {
    if (account_.session() == nullptr) return core::fail(account_.why());
    auto endpoint = account_.session()->endpoint(sqs::kService);
    if (!endpoint) return core::fail(std::move(endpoint.error()));
    auto url = queue_url(*endpoint);
    if (!url) return core::fail(std::move(url.error()));
    for (std::span<const Job> rest = jobs; !rest.empty();) {
      const auto batch = rest.first(std::min(kBatch, rest.size()));
      if (auto sent = send(*endpoint, *url, batch); !sent) {
        return core::fail(std::move(sent.error())
                              .while_(fmt::format("{} of {} jobs were sent", sent_, jobs.size())));
      }
      rest = rest.subspan(batch.size());
      progress_.say(fmt::format("{} of {} sent", sent_, jobs.size()));
    }
    progress_.clear();
    table_.write(*form_of(options_.output), options_.output.quiet, parts_.out);
    if (refused_ == 0) return core::ok();
    return core::fail(Code::unavailable,
                      fmt::format("{} of {} jobs were refused", refused_, jobs.size()));
  }

 private:
  core::Result<std::string> queue_url(const aws::Endpoint& endpoint) {
    if (options_.queue.find("://") != std::string::npos) return options_.queue;
    return sqs::get_queue_url(account_.session()->caller(), endpoint, options_.queue, deadline_);
  }

  core::Status send(const aws::Endpoint& endpoint, const std::string& url,
                    std::span<const Job> batch) {
    std::vector<sqs::NewMessage> messages;
    for (const Job& job : batch) {
      sqs::NewMessage message;
      message.body = job.body;
      message.group_id = options_.group_id;
      messages.push_back(std::move(message));
    }
    const auto result =
        sqs::send_message_batch(account_.session()->caller(), endpoint, url, messages, deadline_);
    if (!result) return core::fail(result.error());
    for (std::size_t i = 0; i < batch.size() && i < result->ids.size(); ++i) {
      if (result->ids[i].empty()) continue;
      ++sent_;
      table_.add({core::Json(result->ids[i]), core::Json(batch[i].line)});
    }
    for (const sqs::Refused& refused : result->refused) {
      ++refused_;
      progress_.clear();
      const std::int64_t line = refused.index < batch.size() ? batch[refused.index].line : 0;
      parts_.err << fmt::format("spawn: line {}: {}: {}\n", line, core::visible(refused.code),
                                core::visible(refused.message));
    }
    return core::ok();
  }

  const SubmitOptions& options_;
  const Parts& parts_;
  Account& account_;
  core::Deadline deadline_;
  Progress progress_;
  Table table_{{{"message_id", "MESSAGE"}, {"line", "LINE"}}, "message_id"};
  std::size_t sent_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace

void add_submit_options(CLI::App& command, SubmitOptions& options) {
  command.add_option("QUEUE", options.queue, "Name or URL of the queue")->required();
  command.add_option("FILE", options.file, "One job a line; '-': standard input");
  command.add_option("--body", options.body, "One job, instead of a file")->type_name("TEXT");
  command.add_option("--group-id", options.group_id, "Message group, of a FIFO queue")
      ->type_name("ID");
  add_account_options(command, options.account);
  add_output_options(command, options.output);
}

int queue_submit(const SubmitOptions& options, const Parts& parts) {
  const auto refuse = [&](const core::Error& error) {
    if (error.code == Code::invalid_argument)
      return usage_error(parts.err, kCommand, error.message);
    parts.err << fmt::format("spawn: {}\n", core::visible(error.message));
    return core::exit_status(error.code);
  };
  if (!form_of(options.output)) return refuse_form(parts.err, kCommand, options.output);
  const auto jobs = jobs_of(options, parts);
  if (!jobs) return refuse(jobs.error());
  const auto settings = command_settings(parts);
  if (!settings) return refuse(settings.error());
  TracedCommand traced(std::string(kCommand), *settings, parts);
  Account account(options.account, parts, traced.tracer());
  const core::Status done = Submission(options, parts, account)(*jobs);
  traced.finish(done ? nullptr : &done.error());
  return done ? finish_output(parts.out, parts.err, "spawn") : refuse(done.error());
}

}  // namespace spawn::cli
