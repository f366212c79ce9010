// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sqs_processing.h"

#include "trace/attributes.h"

namespace spawn::aws::sqs {
namespace {

namespace key = trace::key;

telemetry::Span start(telemetry::Tracer& tracer, const std::string& name, const Message& message) {
  if (telemetry::current().decided || !message.context) {
    return tracer.start(name, trace::SpanKind::consumer);
  }
  return tracer.start_child_of(message.context->span, &message.context->extras, name,
                               trace::SpanKind::consumer);
}

}  // namespace

Processing::Processing(telemetry::Tracer& tracer, const std::string& queue_url,
                       const Message& message)
    : span_(start(tracer, "process " + queue_name(queue_url), message)), scope_(span_.context()) {
  trace::SpanRecord* record = span_.record();
  if (record == nullptr) return;
  record->set(key::kMessagingSystem, "aws_sqs");
  record->set(key::kMessagingOperation, "process");
  record->set(key::kMessagingOperationType, "process");
  record->set(key::kMessagingDestination, queue_name(queue_url));
  record->set(key::kMessageId, message.id);
  record->set(key::kSqsQueueUrl, queue_url);
  if (!message.context || message.context->span.span_id == record->parent_id) return;
  record->add_link(message.context->span);
  record->set_on_last(key::kMessageId, message.id);
}

}  // namespace spawn::aws::sqs
