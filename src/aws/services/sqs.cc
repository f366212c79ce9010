// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sqs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aws/protocol/json.h"
#include "aws/services/sqs_context.h"
#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::aws::sqs {
namespace {

namespace key = trace::key;

constexpr std::size_t kMaxBatch = 10;

json::Object string_value(std::string_view text) {
  json::Object value;
  value.text("DataType", "String").text("StringValue", text);
  return value;
}

// `context` null: none to carry.
json::Object input_of(const NewMessage& message, const telemetry::ActiveContext* context) {
  const Carried carry =
      context == nullptr ? Carried{message.attributes, {}} : carried(message.attributes, *context);
  json::Object input;
  input.text("MessageBody", message.body)
      .integer_if("DelaySeconds", message.delay_seconds)
      .text_if("MessageGroupId", message.group_id)
      .text_if("MessageDeduplicationId", message.deduplication_id);
  if (!carry.attributes.empty()) {
    json::Object attributes;
    for (const auto& [name, value] : carry.attributes) attributes.object(name, string_value(value));
    input.object("MessageAttributes", std::move(attributes));
  }
  if (!carry.trace_header.empty()) {
    json::Object system;
    system.object("AWSTraceHeader", string_value(carry.trace_header));
    input.object("MessageSystemAttributes", std::move(system));
  }
  return input;
}

std::string single_body(const std::string& queue_url, const NewMessage& message,
                        const telemetry::ActiveContext* context) {
  json::Object input = input_of(message, context);
  input.text("QueueUrl", queue_url);
  return std::move(input).take().to_text();
}

std::string batch_body(const std::string& queue_url, std::span<const NewMessage> messages,
                       const telemetry::ActiveContext* context) {
  core::Json::Array entries;
  for (const NewMessage& message : messages) {
    json::Object entry = input_of(message, context);
    entry.text("Id", std::to_string(entries.size()));
    entries.push_back(std::move(entry).take());
  }
  json::Object input;
  input.text("QueueUrl", queue_url).add("Entries", core::Json(std::move(entries)));
  return std::move(input).take().to_text();
}

// What the conventions call an operation, and its type.
struct Convention {
  std::string_view name;
  std::string_view type;  // "" for what does nothing to messages
};

Call make_call(const Endpoint& endpoint, std::string_view operation, const std::string& queue_url,
               Convention convention, json::Object input, core::Deadline deadline) {
  if (!queue_url.empty()) input.text("QueueUrl", queue_url);
  Call call = json::make_call(kService, endpoint, operation, std::move(input), deadline);
  call.attributes = {{key::kMessagingSystem, "aws_sqs"},
                     {key::kMessagingOperation, std::string(convention.name)}};
  if (!convention.type.empty()) {
    call.attributes.emplace_back(key::kMessagingOperationType, std::string(convention.type));
  }
  if (!queue_url.empty()) {
    call.attributes.emplace_back(key::kMessagingDestination, queue_name(queue_url));
    call.attributes.emplace_back(key::kSqsQueueUrl, queue_url);
  }
  return call;
}

Call make_send(const Endpoint& endpoint, std::string_view operation, const std::string& queue_url,
               core::Deadline deadline) {
  Call call = make_call(endpoint, operation, queue_url, {"send", "send"}, {}, deadline);
  call.kind = trace::SpanKind::producer;
  return call;
}

void describe_sent(const Outcome& outcome, trace::SpanRecord& span) {
  if (!outcome) return;
  const auto reply = core::Json::parse(outcome->body);
  if (reply) span.set(key::kMessageId, reply->text_at("MessageId"));
}

Message message_of(const core::Json& from) {
  Message message;
  message.id = from.text_at("MessageId");
  message.receipt_handle = from.text_at("ReceiptHandle");
  message.body = from.text_at("Body");
  const core::Json& attributes = json::member(from, "MessageAttributes");
  if (attributes.object() != nullptr) {
    for (const auto& [name, value] : *attributes.object()) {
      if (value.find("StringValue") != nullptr)
        message.attributes[name] = value.text_at("StringValue");
    }
  }
  const core::Json& system = json::member(from, "Attributes");
  message.receive_count = core::parse_int(system.text_at("ApproximateReceiveCount")).value_or(0);
  message.context = context_of(message.attributes, system.text_at("AWSTraceHeader"));
  return message;
}

std::vector<Message> messages_of(const core::Json& reply) {
  std::vector<Message> messages;
  json::for_each_in(reply, "Messages",
                    [&](const core::Json& item) { messages.push_back(message_of(item)); });
  return messages;
}

void describe_received(const Outcome& outcome, trace::SpanRecord& span) {
  if (!outcome) return;
  const auto reply = core::Json::parse(outcome->body);
  if (!reply) return;
  const std::vector<Message> messages = messages_of(*reply);
  span.set(key::kMessageCount, static_cast<std::int64_t>(messages.size()));
  for (const Message& message : messages) {
    if (!message.context) continue;
    span.add_link(message.context->span);
    span.set_on_last(key::kMessageId, message.id);
  }
}

bool brought_nothing(const Reply& reply) {
  const auto body = core::Json::parse(reply.body);
  return body && body->object() != nullptr && messages_of(*body).empty();
}

core::Status succeeds(Caller& caller, const Call& call) {
  const auto reply = call_for_reply(caller, call);
  return reply ? core::ok() : core::Status(core::fail(reply.error()));
}

core::Result<std::string> call_for_text(Caller& caller, const Call& call, std::string_view member) {
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  std::string text(reply->text_at(member));
  if (!text.empty()) return text;
  return core::fail(core::Code::protocol,
                    fmt::format("SQS {}: the reply holds no {}", call.operation, member));
}

}  // namespace

const ServiceInfo kService{"SQS", "sqs", "sqs", "SQS", Protocol::json_1_0, true, "AmazonSQS"};

std::string queue_name(const std::string& queue_url) {
  return queue_url.substr(queue_url.rfind('/') + 1);
}

core::Result<std::string> send_message(Caller& caller, const Endpoint& endpoint,
                                       const std::string& queue_url, const NewMessage& message,
                                       core::Deadline deadline) {
  Call call = make_send(endpoint, "SendMessage", queue_url, deadline);
  call.body = single_body(queue_url, message, nullptr);
  call.inject = [&](Call& sent, const telemetry::ActiveContext& context) {
    sent.body = single_body(queue_url, message, &context);
  };
  call.idempotent = !message.deduplication_id.empty();
  call.describe = describe_sent;
  return call_for_text(caller, call, "MessageId");
}

core::Result<BatchResult> send_message_batch(Caller& caller, const Endpoint& endpoint,
                                             const std::string& queue_url,
                                             std::span<const NewMessage> messages,
                                             core::Deadline deadline) {
  if (messages.empty() || messages.size() > kMaxBatch) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("SQS SendMessageBatch: expected 1 to {} messages, not {}",
                                  kMaxBatch, messages.size()));
  }
  Call call = make_send(endpoint, "SendMessageBatch", queue_url, deadline);
  call.body = batch_body(queue_url, messages, nullptr);
  call.inject = [&](Call& sent, const telemetry::ActiveContext& context) {
    sent.body = batch_body(queue_url, messages, &context);
  };
  call.idempotent = std::ranges::all_of(
      messages, [](const NewMessage& message) { return !message.deduplication_id.empty(); });
  call.attributes.emplace_back(key::kMessageCount, static_cast<std::int64_t>(messages.size()));
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());

  BatchResult result;
  result.ids.resize(messages.size());
  const auto index_of = [&](const core::Json& entry) {
    const auto index = core::parse_int(entry.text_at("Id")).value_or(-1);
    return index < 0 ? messages.size() : static_cast<std::size_t>(index);
  };
  json::for_each_in(*reply, "Successful", [&](const core::Json& entry) {
    const std::size_t index = index_of(entry);
    if (index < result.ids.size()) result.ids[index] = entry.text_at("MessageId");
  });
  json::for_each_in(*reply, "Failed", [&](const core::Json& entry) {
    result.refused.push_back({index_of(entry), std::string(entry.text_at("Code")),
                              std::string(entry.text_at("Message"))});
  });
  return result;
}

core::Result<std::vector<Message>> receive_message(Caller& caller, const Endpoint& endpoint,
                                                   const ReceiveMessage& request,
                                                   core::Deadline deadline) {
  const std::vector<std::string> all = {"All"};
  const std::vector<std::string> system = {"AWSTraceHeader", "ApproximateReceiveCount"};
  json::Object input;
  input.integer("MaxNumberOfMessages", request.max_messages)
      .integer("WaitTimeSeconds", request.wait_seconds)
      .texts("MessageAttributeNames", all)
      .texts("AttributeNames", system);
  if (request.visibility_timeout_seconds) {
    input.integer("VisibilityTimeout", *request.visibility_timeout_seconds);
  }
  Call call = make_call(endpoint, "ReceiveMessage", request.queue_url, {"receive", "receive"},
                        std::move(input), deadline);
  call.describe = describe_received;
  call.is_idle = brought_nothing;
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  return messages_of(*reply);
}

core::Status delete_message(Caller& caller, const Endpoint& endpoint, const std::string& queue_url,
                            const std::string& receipt_handle, core::Deadline deadline) {
  json::Object input;
  input.text("ReceiptHandle", receipt_handle);
  return succeeds(caller, make_call(endpoint, "DeleteMessage", queue_url, {"delete", "settle"},
                                    std::move(input), deadline));
}

core::Status change_message_visibility(Caller& caller, const Endpoint& endpoint,
                                       const std::string& queue_url,
                                       const std::string& receipt_handle, std::int64_t seconds,
                                       core::Deadline deadline) {
  json::Object input;
  input.text("ReceiptHandle", receipt_handle).integer("VisibilityTimeout", seconds);
  return succeeds(caller, make_call(endpoint, "ChangeMessageVisibility", queue_url,
                                    {"change_visibility", "settle"}, std::move(input), deadline));
}

core::Result<std::string> get_queue_url(Caller& caller, const Endpoint& endpoint,
                                        const std::string& name, core::Deadline deadline) {
  json::Object input;
  input.text("QueueName", name);
  return call_for_text(
      caller,
      make_call(endpoint, "GetQueueUrl", "", {"get_queue_url", ""}, std::move(input), deadline),
      "QueueUrl");
}

core::Result<QueueAttributes> get_queue_attributes(Caller& caller, const Endpoint& endpoint,
                                                   const std::string& queue_url,
                                                   core::Deadline deadline) {
  const std::vector<std::string> all = {"All"};
  json::Object input;
  input.texts("AttributeNames", all);
  const auto reply = json::call_for_object(
      caller, make_call(endpoint, "GetQueueAttributes", queue_url, {"get_queue_attributes", ""},
                        std::move(input), deadline));
  if (!reply) return core::fail(reply.error());
  QueueAttributes attributes;
  const core::Json& from = json::member(*reply, "Attributes");
  if (from.object() == nullptr) return attributes;
  for (const auto& [name, value] : *from.object()) {
    if (value.string() != nullptr) attributes[name] = *value.string();
  }
  return attributes;
}

core::Result<std::string> create_queue(Caller& caller, const Endpoint& endpoint,
                                       const std::string& name, const QueueAttributes& attributes,
                                       core::Deadline deadline) {
  json::Object input;
  input.text("QueueName", name);
  if (!attributes.empty()) {
    json::Object values;
    for (const auto& [attribute, value] : attributes) values.text(attribute, value);
    input.object("Attributes", std::move(values));
  }
  return call_for_text(
      caller,
      make_call(endpoint, "CreateQueue", "", {"create_queue", ""}, std::move(input), deadline),
      "QueueUrl");
}

}  // namespace spawn::aws::sqs
