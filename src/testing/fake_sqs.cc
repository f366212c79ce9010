// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_sqs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "testing/fake_aws_replies.h"
#include "testing/fake_json.h"

namespace spawn::testing {
namespace {

using core::Json;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kMaxAttributes = 10;
constexpr std::size_t kMaxBatch = 10;
constexpr std::string_view kUrlPrefix = "https://sqs.us-east-1.amazonaws.com/123456789012/";

http::Reply refuse(std::string_view code, std::string_view message) {
  return error_reply("sqs", 400, code, message);
}

bool has_too_many_attributes(const Json& entry) {
  const Json& attributes = member(entry, "MessageAttributes");
  return attributes.object() != nullptr && attributes.object()->size() > kMaxAttributes;
}

std::int64_t attribute(const std::map<std::string, std::string>& attributes, const char* name,
                       std::int64_t otherwise) {
  const auto at = attributes.find(name);
  return at == attributes.end() ? otherwise : core::parse_int(at->second).value_or(otherwise);
}

}  // namespace

http::Reply FakeSqs::serve(std::string_view operation, const Json& body,
                           std::string_view trace_header, std::int64_t wall_ns) {
  if (operation == "CreateQueue") return create(body);
  std::string url(body.text_at("QueueUrl"));
  if (operation == "GetQueueUrl")
    url = std::string(kUrlPrefix) + std::string(body.text_at("QueueName"));
  const auto found = queues_.find(url);
  if (found == queues_.end()) {
    return refuse("QueueDoesNotExist", "The specified queue does not exist.");
  }
  Queue& queue = found->second;
  if (operation == "GetQueueUrl") return json_reply({{"QueueUrl", Json(url)}});
  if (operation == "SendMessage") return send(queue, body, trace_header, wall_ns);
  if (operation == "SendMessageBatch") return send_batch(queue, body, trace_header, wall_ns);
  if (operation == "ReceiveMessage") return receive(queue, body, wall_ns);
  if (operation == "GetQueueAttributes") return attributes_of(queue, wall_ns);
  const auto message =
      std::ranges::find(queue.messages, body.text_at("ReceiptHandle"),
                        [](const Message& m) -> std::string_view { return m.receipt; });
  if (operation == "DeleteMessage") {
    if (message != queue.messages.end()) queue.messages.erase(message);
    return json_reply({});
  }
  if (operation == "ChangeMessageVisibility") {
    if (message == queue.messages.end()) {
      return refuse("ReceiptHandleIsInvalid", "The receipt handle is not valid.");
    }
    message->visible_at_ns = wall_ns + number_at(body, "VisibilityTimeout", 0) * kSecond;
    return json_reply({});
  }
  return refuse("UnknownOperationException", "not in this fake");
}

http::Reply FakeSqs::create(const Json& body) {
  const std::string url = std::string(kUrlPrefix) + std::string(body.text_at("QueueName"));
  Queue& queue = queues_[url];
  const Json& attributes = member(body, "Attributes");
  if (attributes.object() != nullptr) {
    for (const auto& [name, value] : *attributes.object()) {
      if (value.string() != nullptr) queue.attributes[name] = *value.string();
    }
  }
  return json_reply({{"QueueUrl", Json(url)}});
}

http::Reply FakeSqs::send(Queue& queue, const Json& body, std::string_view trace_header,
                          std::int64_t wall_ns) {
  if (has_too_many_attributes(body)) {
    return refuse("InvalidParameterValue",
                  "Number of message attributes exceeds the allowed maximum");
  }
  Message message;
  message.id = fmt::format("message-{}", ++made_);
  message.body = body.text_at("MessageBody");
  message.attributes = member(body, "MessageAttributes");
  message.trace_header =
      member(member(body, "MessageSystemAttributes"), "AWSTraceHeader").text_at("StringValue");
  if (message.trace_header.empty()) message.trace_header = trace_header;
  message.visible_at_ns = wall_ns + number_at(body, "DelaySeconds", 0) * kSecond;
  queue.messages.push_back(std::move(message));
  return json_reply({{"MessageId", Json(queue.messages.back().id)}});
}

http::Reply FakeSqs::send_batch(Queue& queue, const Json& body, std::string_view trace_header,
                                std::int64_t wall_ns) {
  const Json::Array* entries = member(body, "Entries").array();
  if (entries == nullptr || entries->empty()) {
    return refuse("EmptyBatchRequest", "There should be at least one entry.");
  }
  if (entries->size() > kMaxBatch) {
    return refuse("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.");
  }
  Json::Array sent;
  Json::Array failed;
  for (const Json& entry : *entries) {
    const Json id(std::string(entry.text_at("Id")));
    if (send(queue, entry, trace_header, wall_ns).status == 200) {
      sent.emplace_back(Json::Object{{"Id", id}, {"MessageId", Json(queue.messages.back().id)}});
    } else {
      failed.emplace_back(Json::Object{{"Id", id},
                                       {"SenderFault", Json(true)},
                                       {"Code", Json(std::string("InvalidParameterValue"))},
                                       {"Message", Json(std::string("too many attributes"))}});
    }
  }
  return json_reply({{"Successful", Json(std::move(sent))}, {"Failed", Json(std::move(failed))}});
}

bool FakeSqs::is_received_too_often(const Queue& queue, Message& message) {
  const auto policy = queue.attributes.find("RedrivePolicy");
  if (policy == queue.attributes.end()) return false;
  const auto parsed = Json::parse(policy->second);
  if (!parsed || message.received < number_at(*parsed, "maxReceiveCount", INT64_MAX)) return false;
  const std::string_view arn = parsed->text_at("deadLetterTargetArn");
  const auto target =
      queues_.find(std::string(kUrlPrefix) + std::string(arn.substr(arn.rfind(':') + 1)));
  if (target == queues_.end()) return false;
  message.received = 0;
  target->second.messages.push_back(std::move(message));
  return true;
}

http::Reply FakeSqs::receive(Queue& queue, const Json& body, std::int64_t wall_ns) {
  const std::int64_t most = number_at(body, "MaxNumberOfMessages", 1);
  const std::int64_t hidden =
      number_at(body, "VisibilityTimeout", attribute(queue.attributes, "VisibilityTimeout", 30));
  Json::Array got;
  for (auto at = queue.messages.begin();
       at != queue.messages.end() && static_cast<std::int64_t>(got.size()) < most;) {
    if (at->visible_at_ns > wall_ns) {
      ++at;
      continue;
    }
    if (is_received_too_often(queue, *at)) {
      at = queue.messages.erase(at);
      continue;
    }
    at->receipt = fmt::format("{}-{}", at->id, ++at->received);
    at->visible_at_ns = wall_ns + hidden * kSecond;
    Json::Object system{{"ApproximateReceiveCount", Json(std::to_string(at->received))}};
    if (!at->trace_header.empty()) system.emplace_back("AWSTraceHeader", Json(at->trace_header));
    got.emplace_back(Json::Object{{"MessageId", Json(at->id)},
                                  {"ReceiptHandle", Json(at->receipt)},
                                  {"Body", Json(at->body)},
                                  {"Attributes", Json(std::move(system))},
                                  {"MessageAttributes", at->attributes}});
    ++at;
  }
  if (got.empty()) return json_reply({});
  return json_reply({{"Messages", Json(std::move(got))}});
}

http::Reply FakeSqs::attributes_of(const Queue& queue, std::int64_t wall_ns) const {
  const auto visible = std::ranges::count_if(
      queue.messages, [&](const Message& m) { return m.visible_at_ns <= wall_ns; });
  Json::Object attributes;
  for (const auto& [name, value] : queue.attributes) attributes.emplace_back(name, Json(value));
  attributes.emplace_back("ApproximateNumberOfMessages", Json(std::to_string(visible)));
  attributes.emplace_back(
      "ApproximateNumberOfMessagesNotVisible",
      Json(std::to_string(static_cast<std::int64_t>(queue.messages.size()) - visible)));
  return json_reply({{"Attributes", Json(std::move(attributes))}});
}

}  // namespace spawn::testing
