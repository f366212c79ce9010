// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/queue_source.h"

#include <fmt/format.h>

#include <utility>

#include "core/text.h"

namespace spawn::agent {
namespace {

namespace sqs = aws::sqs;

constexpr std::int64_t kHiddenSeconds = 60;
constexpr core::Nanos kKeepEvery = std::chrono::seconds(kHiddenSeconds / 2);
constexpr core::Nanos kPatience = std::chrono::seconds(20);
constexpr core::Nanos kLongPoll = std::chrono::seconds(40);  // 20 of them SQS waits

}  // namespace

ListSource::ListSource(std::string name, std::string_view text) : name_(std::move(name)) {
  std::int64_t number = 0;
  for (const std::string_view line : core::split(text, '\n')) {
    ++number;
    const std::string_view job = core::trim(line);
    if (job.empty() || job.front() == '#') continue;
    jobs_.push_back({fmt::format("{}", number), std::string(job), 1, std::nullopt});
  }
}

core::Result<std::optional<TakenJob>> ListSource::take() {
  if (next_ == jobs_.size()) return std::optional<TakenJob>();
  return std::optional(jobs_[next_++]);
}

core::Result<std::unique_ptr<SqsSource>> SqsSource::open(aws::Session& session, core::Clock& clock,
                                                         const std::string& queue) {
  auto endpoint = session.endpoint(sqs::kService);
  if (!endpoint) return core::fail(std::move(endpoint.error()));
  const auto deadline = core::Deadline::after(clock, kPatience);
  std::string url = queue;
  if (queue.find("://") == std::string::npos) {
    auto found = sqs::get_queue_url(session.caller(), *endpoint, queue, deadline);
    if (!found) return core::fail(std::move(found.error()));
    url = std::move(*found);
  }
  const auto attributes = sqs::get_queue_attributes(session.caller(), *endpoint, url, deadline);
  // Not allowed to ask: as if there were none, which loses nothing.
  const bool has_dead_letters = attributes && attributes->contains("RedrivePolicy");
  return std::unique_ptr<SqsSource>(
      new SqsSource(session, clock, std::move(*endpoint), std::move(url), has_dead_letters));
}

core::Nanos SqsSource::keep_every() const { return kKeepEvery; }

core::Result<std::optional<TakenJob>> SqsSource::take() {
  sqs::ReceiveMessage request;
  request.queue_url = url_;
  request.visibility_timeout_seconds = kHiddenSeconds;
  auto messages = sqs::receive_message(session_.caller(), endpoint_, request,
                                       core::Deadline::after(clock_, kLongPoll));
  if (!messages) return core::fail(std::move(messages.error()));
  if (messages->empty() || failed_.contains(messages->front().id)) {
    return std::optional<TakenJob>();
  }
  sqs::Message& message = messages->front();
  TakenJob job{message.id, message.body, message.receive_count, std::nullopt};
  job.message = std::move(message);
  return std::optional(std::move(job));
}

core::Status SqsSource::hide(const TakenJob& job, std::int64_t seconds) {
  return sqs::change_message_visibility(session_.caller(), endpoint_, url_,
                                        job.message->receipt_handle, seconds,
                                        core::Deadline::after(clock_, kPatience));
}

core::Status SqsSource::keep(const TakenJob& job) { return hide(job, kHiddenSeconds); }

core::Status SqsSource::settle(const TakenJob& job, JobOutcome outcome) {
  if (outcome == JobOutcome::succeeded) {
    return sqs::delete_message(session_.caller(), endpoint_, url_, job.message->receipt_handle,
                               core::Deadline::after(clock_, kPatience));
  }
  if (outcome == JobOutcome::failed && !has_dead_letters_) {
    failed_.insert(job.id);
    return core::ok();
  }
  return hide(job, 0);
}

}  // namespace spawn::agent
