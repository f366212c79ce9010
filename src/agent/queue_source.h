// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the jobs of `spored run-queue` come from: an SQS queue, or a list from a file. A job is
// taken, kept while it runs, and settled; what is never settled comes again (at least once).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/services/sqs.h"
#include "aws/session.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::agent {

struct TakenJob {
  std::string id;  // the message's, or the line's number
  std::string body;
  std::int64_t attempt = 1;
  std::optional<aws::sqs::Message> message;
};

enum class JobOutcome {
  succeeded,
  failed,    // it ran, and something went wrong; or it is no job at all
  released,  // it was not finished, through no fault of its own
};

class QueueSource {
 public:
  QueueSource() = default;
  QueueSource(const QueueSource&) = delete;
  QueueSource& operator=(const QueueSource&) = delete;
  virtual ~QueueSource() = default;

  // For messages and spans: "jobs", "jobs.txt".
  [[nodiscard]] virtual std::string name() const = 0;
  // The queue's URL; "" for a file.
  [[nodiscard]] virtual std::string url() const { return ""; }
  // Nothing: there are no more.
  virtual core::Result<std::optional<TakenJob>> take() = 0;
  // How often keep() has to be called while a job runs.
  [[nodiscard]] virtual core::Nanos keep_every() const { return core::Nanos::max(); }
  virtual core::Status keep(const TakenJob&) { return core::ok(); }
  virtual core::Status settle(const TakenJob& job, JobOutcome outcome) = 0;
};

// One job a line; empty lines and those that begin with '#' are none.
class ListSource final : public QueueSource {
 public:
  ListSource(std::string name, std::string_view text);
  [[nodiscard]] std::string name() const override { return name_; }
  core::Result<std::optional<TakenJob>> take() override;
  core::Status settle(const TakenJob&, JobOutcome) override { return core::ok(); }

 private:
  std::string name_;
  std::vector<TakenJob> jobs_;
  std::size_t next_ = 0;
};

// Until a long poll brings nothing. A message is hidden for a minute at a time while its job runs.
// What failed is given back, so that a queue with a dead-letter queue moves it there in the end; in
// a queue without one it stays, and is not taken twice by one run.
class SqsSource final : public QueueSource {
 public:
  // `queue` is a name or a URL.
  static core::Result<std::unique_ptr<SqsSource>> open(aws::Session& session, core::Clock& clock,
                                                       const std::string& queue);
  [[nodiscard]] std::string name() const override { return aws::sqs::queue_name(url_); }
  [[nodiscard]] std::string url() const override { return url_; }
  core::Result<std::optional<TakenJob>> take() override;
  [[nodiscard]] core::Nanos keep_every() const override;
  core::Status keep(const TakenJob& job) override;
  core::Status settle(const TakenJob& job, JobOutcome outcome) override;

 private:
  SqsSource(aws::Session& session, core::Clock& clock, aws::Endpoint endpoint, std::string url,
            bool has_dead_letters)
      : session_(session),
        clock_(clock),
        endpoint_(std::move(endpoint)),
        url_(std::move(url)),
        has_dead_letters_(has_dead_letters) {}
  core::Status hide(const TakenJob& job, std::int64_t seconds);

  aws::Session& session_;
  core::Clock& clock_;
  aws::Endpoint endpoint_;
  std::string url_;
  bool has_dead_letters_;
  std::set<std::string> failed_;  // ids of messages that are left
};

}  // namespace spawn::agent
