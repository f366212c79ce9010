// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/text.h"
#include "otlp/gzip.h"
#include "otlp/json_write.h"
#include "otlp/protobuf_write.h"
#include "otlp/reply.h"

namespace spawn::otlp {
namespace {

using Batch = std::span<const trace::SpanRecord>;

// Half of what the specification lets a receiver refuse; a larger batch goes in parts.
constexpr std::size_t kMaxBodyBytes = 32U << 20;
constexpr std::size_t kMaxReplyBytes = 4U << 20;
constexpr std::size_t kMaxMessageBytes = 300;

// https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
bool may_send_again(const core::Result<http::Reply>& reply) {
  if (!reply) {
    const core::Code code = reply.error().code;
    return code == core::Code::unavailable || code == core::Code::timeout;
  }
  const int status = reply->status;
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// Or when somebody has mended what is wrong here: the address stays, and so do the spans.
bool may_go_later(const core::Result<http::Reply>& reply) {
  return !reply || may_send_again(reply) || reply->status == 401 || reply->status == 403;
}

void replace_all(std::string& text, const std::string& what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

// Counted by reason.
class OtlpSink::Losses {
 public:
  void add(std::size_t count, std::string why) {
    const auto known = std::ranges::find(reasons_, why, &Reason::why);
    if (known != reasons_.end()) {
      known->count += count;
    } else {
      reasons_.push_back({std::move(why), count});
    }
  }
  // "refused: …" alone, or "3: refused: …; 2: connection refused".
  [[nodiscard]] std::string to_string() const {
    if (reasons_.empty()) return {};
    if (reasons_.size() == 1) return reasons_.front().why;
    std::string text;
    for (const Reason& reason : reasons_) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", reason.count, reason.why);
    }
    return text;
  }

 private:
  struct Reason {
    std::string why;
    std::size_t count;
  };
  std::vector<Reason> reasons_;
};

OtlpSink::OtlpSink(http::Client& client, Target target, core::Clock& clock, core::Rng& rng)
    : client_(client),
      target_(std::move(target)),
      where_(target_.url.scheme + "://" + target_.url.authority() + ": "),
      clock_(clock),
      rng_(rng) {}

trace::WriteReport OtlpSink::write(Batch batch, core::Deadline deadline) {
  trace::WriteReport report;
  Losses losses;
  if (!batch.empty()) {
    deadline = std::min(deadline, core::Deadline::after(clock_, target_.timeout));
    send(batch, deadline, report, losses);
  }
  report.later = batch.size() - report.delivered - report.lost;
  if (report.delivered < batch.size()) {
    report.reason =
        core::visible(without_secrets(fmt::format("OTLP at {}{}", where_, losses.to_string())));
  }
  return report;
}

bool OtlpSink::send(Batch batch, core::Deadline deadline, trace::WriteReport& report,
                    Losses& losses) {
  std::string body = encode(batch);
  if (body.size() > kMaxBodyBytes && batch.size() > 1) {
    return send(batch.first(batch.size() / 2), deadline, report, losses) &&
           send(batch.subspan(batch.size() / 2), deadline, report, losses);
  }
  const auto lose = [&](std::size_t count, std::string why) {
    report.lost += count;
    losses.add(count, std::move(why));
    return true;
  };
  const auto wait = [&](std::string why) {
    losses.add(batch.size(), std::move(why));
    return false;
  };
  http::Request request = make_request(std::move(body));
  const auto reply = send_until_answered(request, deadline);
  if (!reply) {
    std::string_view why = reply.error().message;
    if (why.starts_with(where_)) why.remove_prefix(where_.size());  // the report says it already
    return wait(std::string(why));
  }
  if (may_go_later(reply)) {
    report.patience = retry_after(reply->headers, clock_.now().wall_ns).value_or(core::Nanos(0));
    return wait(describe_failure(*reply));
  }
  if (reply->status < 200 || reply->status > 299) {
    return lose(batch.size(), describe_failure(*reply));
  }
  const auto success = read_success(*reply);
  if (!success) {
    return lose(batch.size(),
                fmt::format("it answered {} with something that is no OTLP reply; is the address "
                            "right?",
                            reply->status));
  }
  // A broken reply may refuse more than was sent, or less than nothing.
  const auto refused =
      std::clamp<std::int64_t>(success->rejected_spans, 0, static_cast<std::int64_t>(batch.size()));
  const auto lost = static_cast<std::size_t>(refused);
  report.delivered += batch.size() - lost;
  if (lost == 0) return true;
  return lose(lost, success->message.empty()
                        ? "refused without a reason"
                        : fmt::format("refused: {}",
                                      core::utf8_prefix(success->message, kMaxMessageBytes)));
}

std::string OtlpSink::encode(Batch batch) {
  if (target_.encoding == Encoding::json) {
    json_.clear();
    write_json(batch, json_);
    return std::string(json_.view());
  }
  std::string body;
  write_protobuf(batch, body);
  return body;
}

http::Request OtlpSink::make_request(std::string body) const {
  http::Request request;
  request.method = "POST";
  request.url = target_.url.to_string();
  request.headers.emplace_back("User-Agent", target_.user_agent);
  request.headers.emplace_back("Content-Type", target_.encoding == Encoding::json
                                                   ? "application/json"
                                                   : "application/x-protobuf");
  if (target_.gzip) {
    body = gzip(body);
    request.headers.emplace_back("Content-Encoding", "gzip");
  }
  for (const auto& [name, value] : target_.headers) {
    http::set_header(request.headers, name, value.reveal());
  }
  request.body = std::move(body);
  request.max_reply_bytes = kMaxReplyBytes;
  request.tls = target_.tls;
  return request;
}

core::Result<http::Reply> OtlpSink::send_until_answered(http::Request& request,
                                                        core::Deadline deadline) {
  for (int retry = 1;; ++retry) {
    const core::Nanos left = deadline.remaining(clock_);
    if (left.count() == 0) return core::fail(core::Code::timeout, "there was no time left to send");
    request.total_timeout = left;
    request.connect_timeout = std::min<core::Nanos>(left, std::chrono::seconds(5));
    auto reply = client_.send(request);
    if (!may_send_again(reply)) return reply;
    core::Nanos wait = backoff_.before_retry(retry, rng_);
    if (reply) {
      // Jitter on top: whoever was told the same time should not come at the same moment.
      const auto asked = retry_after(reply->headers, clock_.now().wall_ns);
      if (asked) wait += *asked;
    }
    if (wait + core::kLeastForAnAttempt >= deadline.remaining(clock_)) return reply;
    clock_.sleep_for(wait);
  }
}

std::string OtlpSink::describe_failure(const http::Reply& reply) const {
  std::string text = fmt::format("it answered {}", reply.status);
  const std::string message = read_failure(reply);
  if (!message.empty()) text += fmt::format(": {}", core::utf8_prefix(message, kMaxMessageBytes));
  const std::string_view asked = http::header(reply.headers, "retry-after");
  if (!asked.empty()) {
    text += fmt::format(" (Retry-After: {})", core::utf8_prefix(asked, kMaxMessageBytes));
  }
  return text;
}

// A receiver may echo what it was sent.
std::string OtlpSink::without_secrets(std::string text) const {
  for (const auto& [name, value] : target_.headers) {
    if (!value.empty()) replace_all(text, value.reveal(), "***");
    // "Bearer abc": what is secret of it is the last part.
    const auto blank = value.reveal().rfind(' ');
    if (blank == std::string::npos || blank + 1 == value.reveal().size()) continue;
    replace_all(text, value.reveal().substr(blank + 1), "***");
  }
  return text;
}

}  // namespace spawn::otlp
