// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// SQS in memory, for FakeAws: queues whose messages are hidden once received until their visibility
// timeout is over, counted, and moved to the queue's dead-letter queue when received too often;
// a request's X-Amzn-Trace-Id becomes the AWSTraceHeader of messages that have none, as in SQS;
// with the limits of ten attributes a message and ten messages a batch. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "core/json.h"
#include "http/client.h"

namespace spawn::testing {

class FakeSqs {
 public:
  http::Reply serve(std::string_view operation, const core::Json& body,
                    std::string_view trace_header, std::int64_t wall_ns);

 private:
  struct Message {
    std::string id;
    std::string body;
    core::Json attributes;
    std::string trace_header;
    std::int64_t visible_at_ns = 0;
    std::int64_t received = 0;
    std::string receipt;
  };
  struct Queue {
    std::map<std::string, std::string> attributes;
    std::deque<Message> messages;
  };

  http::Reply create(const core::Json& body);
  http::Reply send(Queue& queue, const core::Json& body, std::string_view trace_header,
                   std::int64_t wall_ns);
  http::Reply send_batch(Queue& queue, const core::Json& body, std::string_view trace_header,
                         std::int64_t wall_ns);
  http::Reply receive(Queue& queue, const core::Json& body, std::int64_t wall_ns);
  http::Reply attributes_of(const Queue& queue, std::int64_t wall_ns) const;
  // True when it was one too many: the message goes to the dead-letter queue instead.
  bool is_received_too_often(const Queue& queue, Message& message);

  std::map<std::string, Queue, std::less<>> queues_;  // by URL
  std::int64_t made_ = 0;
};

}  // namespace spawn::testing
