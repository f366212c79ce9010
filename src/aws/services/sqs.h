// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// SQS: queues of text messages. A message that is sent on a traced stack carries the context of its
// send span (sqs_context.h); what was received has the context that it came with, and the receive
// span links to each. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "aws/propagation.h"
#include "core/clock.h"
#include "core/result.h"
#include "trace/context.h"

namespace spawn::aws::sqs {

extern const ServiceInfo kService;

struct NewMessage {
  std::string body;
  Carrier attributes;  // ten at most; a traceparent of its own is kept
  std::int64_t delay_seconds = 0;
  std::string group_id;          // of a FIFO queue
  std::string deduplication_id;  // of a FIFO queue; with it a message is safely sent again
};
// Returns the message's id. Not sent again when it is unknown whether it arrived, without a
// deduplication id: it could be there twice.
core::Result<std::string> send_message(Caller& caller, const Endpoint& endpoint,
                                       const std::string& queue_url, const NewMessage& message,
                                       core::Deadline deadline);

struct Refused {
  std::size_t index = 0;  // into the batch
  std::string code;
  std::string message;
};
struct BatchResult {
  std::vector<std::string> ids;  // one a message, "" for what was refused
  std::vector<Refused> refused;
};
// Ten at most, 1 MiB together.
core::Result<BatchResult> send_message_batch(Caller& caller, const Endpoint& endpoint,
                                             const std::string& queue_url,
                                             std::span<const NewMessage> messages,
                                             core::Deadline deadline);

struct ReceiveMessage {
  std::string queue_url;
  std::int64_t max_messages = 1;                           // ten at most
  std::int64_t wait_seconds = 20;                          // for the first one; 20 at most
  std::optional<std::int64_t> visibility_timeout_seconds;  // absent: the queue's
};
struct Message {
  std::string id;
  std::string receipt_handle;  // of this receipt; good for deleting it and for its visibility
  std::string body;
  Carrier attributes;  // binary ones are left out
  std::int64_t receive_count = 0;
  std::optional<trace::TraceContext> context;  // it was sent in
};
// None: nothing came in the time. Such a call makes no span, but for one below a parent.
core::Result<std::vector<Message>> receive_message(Caller& caller, const Endpoint& endpoint,
                                                   const ReceiveMessage& request,
                                                   core::Deadline deadline);

core::Status delete_message(Caller& caller, const Endpoint& endpoint, const std::string& queue_url,
                            const std::string& receipt_handle, core::Deadline deadline);
// From now; 0 gives it back to the queue.
core::Status change_message_visibility(Caller& caller, const Endpoint& endpoint,
                                       const std::string& queue_url,
                                       const std::string& receipt_handle, std::int64_t seconds,
                                       core::Deadline deadline);

core::Result<std::string> get_queue_url(Caller& caller, const Endpoint& endpoint,
                                        const std::string& name, core::Deadline deadline);

// All of them: "ApproximateNumberOfMessages", "QueueArn", "RedrivePolicy", …
using QueueAttributes = std::map<std::string, std::string>;
core::Result<QueueAttributes> get_queue_attributes(Caller& caller, const Endpoint& endpoint,
                                                   const std::string& queue_url,
                                                   core::Deadline deadline);
// Returns its URL, also when it is there with the same attributes.
core::Result<std::string> create_queue(Caller& caller, const Endpoint& endpoint,
                                       const std::string& name, const QueueAttributes& attributes,
                                       core::Deadline deadline);

// "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs" → "jobs"
std::string queue_name(const std::string& queue_url);

}  // namespace spawn::aws::sqs
