// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "operations.h"

#include <array>
#include <string>

#include "aws/services/dynamodb.h"
#include "aws/services/ec2.h"
#include "aws/services/lambda.h"
#include "aws/services/s3.h"
#include "aws/services/sqs_processing.h"
#include "aws/services/ssm.h"
#include "aws/services/sts.h"
#include "aws/services/xray.h"
#include "testing/fakes.h"

namespace spawn::soak {
namespace {

const core::Deadline kNever = core::Deadline::never();
const std::string kQueue = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs";

aws::Endpoint endpoint_of(const aws::ServiceInfo& service) {
  return *aws::resolve_endpoint(service, "", "us-east-1", testing::FakeEnv{}, {});
}

void put_segments(Worker& worker) {
  (void)aws::xray::put_trace_segments(
      worker.caller, endpoint_of(aws::xray::kService),
      R"({"TraceSegmentDocuments":["{\"id\":\"53995c3f42cd8ad8\",)"
      R"(\"trace_id\":\"1-695733a5-bd862e3fe1be46a994272793\",\"name\":\"soak\",)"
      R"(\"start_time\":1767323045.0,\"end_time\":1767323046.0}"]})",
      kNever);
}
void get_traces(Worker& worker) {
  const std::string id = "1-695733a5-bd862e3fe1be46a994272793";
  (void)aws::xray::batch_get_traces(worker.caller, endpoint_of(aws::xray::kService), {&id, 1}, "",
                                    kNever);
}

void identify(Worker& worker) {
  (void)aws::sts::get_caller_identity(worker.caller, endpoint_of(aws::sts::kService), kNever);
}

void launch(Worker& worker) {
  const aws::Endpoint endpoint = endpoint_of(aws::ec2::kService);
  aws::ec2::RunInstances request;
  request.image_id = "ami-1";
  request.instance_type = "t3.micro";
  request.tags = {{"Name", "soak"}};
  const auto instances = aws::ec2::run_instances(worker.caller, endpoint, request, kNever);
  if (!instances || instances->empty()) return;
  const std::vector<std::string> ids = {instances->front().id};
  (void)aws::ec2::terminate_instances(worker.caller, endpoint, ids, kNever);
}
void describe(Worker& worker) {
  (void)aws::ec2::describe_instances(worker.caller, endpoint_of(aws::ec2::kService), {}, kNever);
}

aws::dynamodb::Item key() {
  using aws::dynamodb::Value;
  return {{"job_array_id", Value::text("soak")}, {"instance_id", Value::text("i-1")}};
}
void put_item(Worker& worker) {
  (void)aws::dynamodb::put_item(worker.caller, endpoint_of(aws::dynamodb::kService),
                                {"jobs", key(), "attribute_not_exists(instance_id)", {}}, kNever);
}
void update_and_get_item(Worker& worker) {
  const aws::Endpoint endpoint = endpoint_of(aws::dynamodb::kService);
  aws::dynamodb::UpdateItem request{"jobs", key(), "SET n = :n", "", {}, true};
  request.words.values = {{":n", aws::dynamodb::Value::number(1)}};
  (void)aws::dynamodb::update_item(worker.caller, endpoint, request, kNever);
  (void)aws::dynamodb::get_item(worker.caller, endpoint, {"jobs", key(), true, "", {}}, kNever);
}
void query_items(Worker& worker) {
  aws::dynamodb::Query request;
  request.table = "jobs";
  request.key_condition = "job_array_id = :j";
  request.words.values = {{":j", aws::dynamodb::Value::text("soak")}};
  (void)aws::dynamodb::query(worker.caller, endpoint_of(aws::dynamodb::kService), request, kNever);
}

void put_and_get_object(Worker& worker) {
  const aws::Endpoint endpoint = endpoint_of(aws::s3::kService);
  http::MemorySource body("body");
  (void)aws::s3::put_object(worker.caller, endpoint, {{"soak", "a+b"}, "", {}, true}, body, kNever);
  http::MemorySink sink;
  (void)aws::s3::get_object(worker.caller, endpoint, {"soak", "a+b"}, sink, kNever);
}

void send(Worker& worker) {
  (void)aws::sqs::send_message(worker.caller, endpoint_of(aws::sqs::kService), kQueue,
                               {"work", {{"own", "x"}}, 0, "", ""}, kNever);
}
void send_batch(Worker& worker) {
  const std::vector<aws::sqs::NewMessage> two(2);
  (void)aws::sqs::send_message_batch(worker.caller, endpoint_of(aws::sqs::kService), kQueue, two,
                                     kNever);
}
void receive(Worker& worker) {
  const aws::Endpoint endpoint = endpoint_of(aws::sqs::kService);
  const auto messages =
      aws::sqs::receive_message(worker.caller, endpoint, {kQueue, 10, 0, {}}, kNever);
  if (!messages) return;
  for (const aws::sqs::Message& message : *messages) {
    const aws::sqs::Processing processing(worker.tracer, kQueue, message);
    ++worker.made;
    (void)aws::sqs::delete_message(worker.caller, endpoint, kQueue, message.receipt_handle, kNever);
  }
}

void invoke(Worker& worker) {
  (void)aws::lambda::invoke(worker.caller, endpoint_of(aws::lambda::kService),
                            {"soak", "{}", aws::lambda::Invocation::wait, ""}, kNever);
}

void get_parameter(Worker& worker) {
  (void)aws::ssm::get_parameter(worker.caller, endpoint_of(aws::ssm::kService), "/soak", kNever);
}

constexpr std::array kOperations = {
    Operation{"xray", put_segments},     Operation{"xray", get_traces},
    Operation{"sts", identify},          Operation{"ec2", launch},
    Operation{"ec2", describe},          Operation{"dynamodb", put_item},
    Operation{"dynamodb", query_items},  Operation{"dynamodb", update_and_get_item},
    Operation{"s3", put_and_get_object}, Operation{"sqs", send},
    Operation{"sqs", send_batch},        Operation{"sqs", receive},
    Operation{"sqs", receive},           Operation{"lambda", invoke},
    Operation{"ssm", get_parameter},
};

}  // namespace

std::span<const Operation> operations() { return kOperations; }

void prepare(Worker& worker) {
  (void)aws::dynamodb::create_table(worker.caller, endpoint_of(aws::dynamodb::kService),
                                    {"jobs", "job_array_id", "instance_id"}, kNever);
  (void)aws::sqs::create_queue(worker.caller, endpoint_of(aws::sqs::kService), "jobs", {}, kNever);
}

}  // namespace spawn::soak
