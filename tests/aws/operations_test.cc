// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Every operation in a table, the guide's fourteen first: a right result, and one complete span;
// and the same when it fails. Over the real transport, before a stand-in with state. Started by
// tests/e2e/operations.sh; AWS_ENDPOINT_URL says where the stand-in is.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "aws/services/dynamodb.h"
#include "aws/services/ec2_catalog.h"
#include "aws/services/iam.h"
#include "aws/services/lambda.h"
#include "aws/services/s3.h"
#include "aws/services/sqs.h"
#include "aws/services/ssm.h"
#include "aws/services/sts.h"
#include "aws_test.h"
#include "core/text.h"

namespace spawn::aws {
namespace {

// The table of the guide, "Instrumented Operations"; its ListObjects is S3's newer ListObjectsV2.
const std::set<std::string> kGuide = {
    "EC2.DescribeInstances", "EC2.TerminateInstances", "EC2.RunInstances",    "DynamoDB.GetItem",
    "DynamoDB.PutItem",      "DynamoDB.Query",         "DynamoDB.UpdateItem", "S3.GetObject",
    "S3.PutObject",          "S3.ListObjectsV2",       "SQS.SendMessage",     "SQS.ReceiveMessage",
    "SQS.DeleteMessage",     "Lambda.Invoke"};
const std::vector<std::string> kNobody = {"i-00000000000000000"};
constexpr const char* kSecret = "hunter2";  // in bodies, user-data, payloads

using Run = std::function<core::Status()>;
struct Operation {
  std::string span;                                 // "EC2.RunInstances"
  Run good;                                         // fails also when the result is not right
  Run bad;                                          // none: this cannot fail there
  std::string error_type;                           // of the bad one
  std::map<std::string, std::string> attributes{};  // beyond those of every call
};

// Ok when it came, and is right.
template <typename T, typename Judge>
core::Status right(const core::Result<T>& result, Judge&& judge) {
  if (!result) return core::fail(result.error());
  if (judge(*result)) return core::ok();
  return core::fail(core::Code::internal, "the result is not right");
}
template <typename T>
core::Status came(const core::Result<T>& result) {
  return right(result, [](const T&) { return true; });
}

class OperationsTest : public AwsTest {
 protected:
  OperationsTest();
  std::vector<Operation> ec2();
  std::vector<Operation> dynamodb();
  std::vector<Operation> s3();
  std::vector<Operation> sqs();
  std::vector<Operation> others();
  void expect_call(const Operation& operation, bool good);

  Endpoint dynamodb_ = endpoint(dynamodb::kService);
  Endpoint iam_ = endpoint(iam::kService);
  Endpoint lambda_ = endpoint(lambda::kService);
  Endpoint s3_ = endpoint(s3::kService);
  Endpoint sqs_ = endpoint(sqs::kService);
  Endpoint ssm_ = endpoint(ssm::kService);
  Endpoint sts_ = endpoint(sts::kService);
  std::string queue_;
  std::string receipt_;
  std::string image_;
  std::vector<std::string> mine_;  // an instance
};

OperationsTest::OperationsTest() {
  queue_ = *sqs::create_queue(*caller_, sqs_, "jobs", {}, soon());
  image_ = any_image();
  mine_ = {launch()};
  const auto made = dynamodb::create_table(*caller_, dynamodb_, {"jobs", "array", "id"}, soon());
  SPAWN_CHECK(made.has_value());
}

trace::SpanKind kind_of(const std::string& span) {
  return span.starts_with("SQS.SendMessage") ? trace::SpanKind::producer : trace::SpanKind::client;
}

void OperationsTest::expect_call(const Operation& operation, bool good) {
  SCOPED_TRACE(operation.span + (good ? ", good" : ", bad"));
  new_spans();
  const core::Status status = good ? operation.good() : operation.bad();
  EXPECT_EQ(status.has_value(), good) << (status ? "" : status.error().message);
  const auto spans = named(new_spans(), operation.span);
  ASSERT_EQ(spans.size(), 1U);
  const OwnedSpan& span = spans[0];
  const auto dot = operation.span.find('.');
  const std::string service = operation.span.substr(0, dot);
  const std::string name = operation.span.substr(dot + 1);
  EXPECT_EQ(span.kind, kind_of(operation.span));
  // The guide's seven.
  EXPECT_EQ(span.text("aws.service"), core::to_lower(service));
  EXPECT_EQ(span.text("aws.operation"), name);
  EXPECT_EQ(span.text("aws.region"), "us-east-1");
  EXPECT_NE(span.text("aws.request_id"), "");
  EXPECT_NE(span.text("spawn.instance_id"), "");
  EXPECT_EQ(span.text("spawn.job_array_id"), kJobArray);
  EXPECT_EQ(span.text("error"), good ? "false" : "true");
  // The conventions'.
  EXPECT_EQ(span.text("rpc.system"), "aws-api");
  EXPECT_EQ(span.text("rpc.service"), service);
  EXPECT_EQ(span.text("rpc.method"), name);
  EXPECT_EQ(span.text("cloud.region"), "us-east-1");
  EXPECT_EQ(span.text("server.address"), "127.0.0.1");
  EXPECT_EQ(span.text("error.type"), good ? "" : operation.error_type);
  EXPECT_EQ(span.status, good ? trace::StatusCode::unset : trace::StatusCode::error);
  EXPECT_EQ(span.text("http.response.status_code").front(), good ? '2' : '4');
  EXPECT_EQ(span.text("spawn.aws.attempts"), "1");
  if (service == "S3") {
    EXPECT_NE(span.text("aws.s3.bucket"), "");
  }
  for (const auto& [key, value] : operation.attributes) EXPECT_EQ(span.text(key), value) << key;
  for (const auto& [key, value] : span.attributes) {
    EXPECT_EQ(span.text(key).find(kSecret), std::string::npos) << key;
  }
}

std::vector<Operation> OperationsTest::ec2() {
  const auto describe = [this](const std::vector<std::string>& ids) {
    ec2::DescribeInstances request;
    request.ids = ids;
    return right(ec2::describe_instances(*caller_, ec2_, request, soon()),
                 [&](const auto& page) { return page.instances.at(0).id == ids[0]; });
  };
  const auto launch_in = [this](const char* subnet) {
    ec2::RunInstances request;
    request.image_id = image_;
    request.instance_type = "t3.micro";
    request.subnet_id = subnet;
    request.user_data = kSecret;
    return right(ec2::run_instances(*caller_, ec2_, request, soon()),
                 [](const auto& instances) { return instances.size() == 1; });
  };
  const auto changed = [](const auto& changes, const std::vector<std::string>& ids) {
    return right(changes, [&](const auto& list) { return list.at(0).id == ids[0]; });
  };
  const auto stop = [=, this](const auto& ids) {
    return changed(ec2::stop_instances(*caller_, ec2_, ids, ec2::Stop::stop, soon()), ids);
  };
  const auto start = [=, this](const auto& ids) {
    return changed(ec2::start_instances(*caller_, ec2_, ids, soon()), ids);
  };
  const auto terminate = [=, this](const auto& ids) {
    return changed(ec2::terminate_instances(*caller_, ec2_, ids, soon()), ids);
  };
  const auto types = [this](const char* name) {
    return came(ec2::describe_instance_types(*caller_, ec2_, {{name}, {}, ""}, soon()));
  };
  const auto images = [this](const std::string& id) {
    return came(ec2::describe_images(*caller_, ec2_, {{id}, {}, {}}, soon()));
  };
  const auto tag = [this](int count) {
    ec2::Tags tags;
    for (int i = 0; i < count; ++i) tags["key " + std::to_string(i)] = "";
    return ec2::create_tags(*caller_, ec2_, mine_, tags, soon());
  };
  const auto tags = [this] { return came(ec2::describe_tags(*caller_, ec2_, {}, soon())); };
  const char* unknown = "InvalidInstanceID.NotFound";
  return {
      {"EC2.RunInstances", [=] { return launch_in(""); }, [=] { return launch_in("subnet-none"); },
       "InvalidSubnetID.NotFound"},
      {"EC2.DescribeInstances", [=, this] { return describe(mine_); },
       [=] { return describe(kNobody); }, unknown},
      {"EC2.CreateTags", [=] { return tag(1); }, [=] { return tag(51); }, "TagLimitExceeded"},
      {"EC2.StopInstances", [=, this] { return stop(mine_); }, [=] { return stop(kNobody); },
       unknown},
      {"EC2.StartInstances", [=, this] { return start(mine_); }, [=] { return start(kNobody); },
       unknown},
      {"EC2.TerminateInstances", [=, this] { return terminate(mine_); },
       [=] { return terminate(kNobody); }, unknown},
      {"EC2.DescribeInstanceTypes", [=] { return types("t3.micro"); },
       [=] { return types("x.none"); }, "InvalidInstanceType"},
      {"EC2.DescribeImages", [=, this] { return images(image_); },
       [=] { return images("ami-00000000"); }, "InvalidAMIID.NotFound"},
      {"EC2.DescribeTags", tags, {}, ""},
  };
}

std::vector<Operation> OperationsTest::dynamodb() {
  using dynamodb::Item;
  using dynamodb::Value;
  using dynamodb::Write;
  const Item key = {{"array", Value::text("a")}, {"id", Value::text("1")}};
  const auto is_done = [](Write write) { return write == Write::done; };
  const auto put = [=, this](const char* table) {
    Item item = key;
    item.emplace("note", Value::text(kSecret));
    return right(dynamodb::put_item(*caller_, dynamodb_, {table, item, "", {}}, soon()), is_done);
  };
  const auto get = [=, this](const char* table) {
    return right(dynamodb::get_item(*caller_, dynamodb_, {table, key, true, "", {}}, soon()),
                 [](const auto& item) { return item && text_at(*item, "note") == kSecret; });
  };
  const auto update = [=, this](const char* table) {
    dynamodb::UpdateItem request{table, key, "SET #s = :s", "attribute_exists(id)", {}, true};
    request.words = {{{"#s", "status"}}, {{":s", Value::text(kSecret)}}};
    return right(dynamodb::update_item(*caller_, dynamodb_, request, soon()), is_done);
  };
  const auto query = [=, this](const char* table) {
    dynamodb::Query request;
    request.table = table;
    request.key_condition = "#a = :a";
    request.words = {{{"#a", "array"}}, {{":a", Value::text("a")}}};
    return right(dynamodb::query(*caller_, dynamodb_, request, soon()),
                 [](const auto& page) { return page.items.size() == 1; });
  };
  const auto remove = [=, this](const char* table) {
    return right(dynamodb::delete_item(*caller_, dynamodb_, {table, key, "", {}}, soon()), is_done);
  };
  const auto describe = [this](const char* table) {
    return right(dynamodb::describe_table(*caller_, dynamodb_, table, soon()), [](const auto& t) {
      return t.status == "ACTIVE" && t.partition_key == "array" && t.sort_key == "id";
    });
  };
  const auto expire = [this](const char* table) {
    return dynamodb::update_time_to_live(*caller_, dynamodb_, table, "expires_at", soon());
  };
  const auto create = [this](const char* table) {
    return dynamodb::create_table(*caller_, dynamodb_, {table, "a", ""}, soon());
  };
  const char* unknown = "ResourceNotFoundException";
  const auto on = [&](const char* name, const auto& run, const char* counts) {
    std::map<std::string, std::string> attributes = {
        {"db.system.name", "aws.dynamodb"}, {"db.operation.name", std::string(name).substr(9)}};
    if (*counts != '\0') attributes.emplace("aws.dynamodb.consistent_read", counts);
    return Operation{name, [=] { return run("jobs"); }, [=] { return run("none"); }, unknown,
                     attributes};
  };
  return {on("DynamoDB.PutItem", put, ""),
          on("DynamoDB.GetItem", get, "true"),
          on("DynamoDB.UpdateItem", update, ""),
          on("DynamoDB.Query", query, "false"),
          on("DynamoDB.DeleteItem", remove, ""),
          on("DynamoDB.DescribeTable", describe, ""),
          {"DynamoDB.UpdateTimeToLive", [=] { return expire("jobs"); },
           [=] { return expire("none"); }, "ResourceNotFound"},  // moto's spelling
          {"DynamoDB.CreateTable", [=] { return create("more"); }, {}, ""}};
}

std::vector<Operation> OperationsTest::s3() {
  const auto get = [this](const char* key) {
    http::MemorySink sink;
    return right(s3::get_object(*caller_, s3_, {"lab", key}, sink, soon()),
                 [&](const auto&) { return sink.text() == kSecret; });
  };
  const auto head = [this](const char* key) {
    return right(s3::head_object(*caller_, s3_, {"lab", key}, soon()),
                 [](const auto& info) { return info.size == 7; });
  };
  const auto put = [this](const char* bucket) {
    http::MemorySource body(kSecret);
    return right(s3::put_object(*caller_, s3_, {{bucket, "put"}, "", {}}, body, soon()),
                 [](const std::string& etag) { return etag.size() > 2; });
  };
  const auto list = [this](const char* bucket) {
    return right(s3::list_objects_v2(*caller_, s3_, {bucket, "", "", 0, "", ""}, soon()),
                 [](const auto& page) { return page.objects.at(0).key == "put"; });
  };
  return {
      {"S3.PutObject", [=] { return put("lab"); }, [=] { return put("no-such-bucket"); },
       "NoSuchBucket"},
      {"S3.GetObject", [=] { return get("put"); }, [=] { return get("none"); }, "NoSuchKey"},
      {"S3.HeadObject", [=] { return head("put"); }, [=] { return head("none"); }, "404"},
      {"S3.ListObjectsV2", [=] { return list("lab"); }, [=] { return list("no-such-bucket"); },
       "NoSuchBucket"},
  };
}

std::vector<Operation> OperationsTest::sqs() {
  const std::string none = queue_ + "-none";
  const auto send = [this](const std::string& url) {
    return right(sqs::send_message(*caller_, sqs_, url, {kSecret, {}, 0, "", ""}, soon()),
                 [](const std::string& id) { return id.size() == 36; });
  };
  const auto send_two = [this](const std::string& url) {
    const std::vector<sqs::NewMessage> two = {{kSecret, {}, 0, "", ""}, {"b", {}, 0, "", ""}};
    return right(sqs::send_message_batch(*caller_, sqs_, url, two, soon()),
                 [](const auto& result) { return result.refused.empty(); });
  };
  const auto receive = [this](const std::string& url) {
    return right(sqs::receive_message(*caller_, sqs_, {url, 1, 0, {}}, soon()),
                 [&](const auto& messages) {
                   receipt_ = messages.at(0).receipt_handle;
                   return messages.at(0).body == kSecret && messages.at(0).context;
                 });
  };
  const auto hide = [this](const std::string& url) {
    return sqs::change_message_visibility(*caller_, sqs_, url, receipt_, 60, soon());
  };
  const auto remove = [this](const std::string& url) {
    return sqs::delete_message(*caller_, sqs_, url, receipt_, soon());
  };
  const auto attributes = [this](const std::string& url) {
    return right(sqs::get_queue_attributes(*caller_, sqs_, url, soon()),
                 [](const auto& all) { return all.at("ApproximateNumberOfMessages") == "2"; });
  };
  const auto find = [this](const char* name) {
    return right(sqs::get_queue_url(*caller_, sqs_, name, soon()),
                 [this](const std::string& url) { return url == queue_; });
  };
  const auto create = [this](const char* name) {
    return came(sqs::create_queue(*caller_, sqs_, name, {}, soon()));
  };
  const char* unknown = "AWS.SimpleQueueService.NonExistentQueue";
  const auto on = [&](const char* name, const auto& run, const char* operation, const char* type) {
    return Operation{name,
                     [=, this] { return run(queue_); },
                     [=] { return run(none); },
                     unknown,
                     {{"messaging.system", "aws_sqs"},
                      {"messaging.operation.name", operation},
                      {"messaging.operation.type", type}}};
  };
  return {on("SQS.SendMessage", send, "send", "send"),
          on("SQS.ReceiveMessage", receive, "receive", "receive"),
          on("SQS.ChangeMessageVisibility", hide, "change_visibility", "settle"),
          on("SQS.DeleteMessage", remove, "delete", "settle"),
          on("SQS.SendMessageBatch", send_two, "send", "send"),
          on("SQS.GetQueueAttributes", attributes, "get_queue_attributes", ""),
          {"SQS.GetQueueUrl", [=] { return find("jobs"); }, [=] { return find("none"); }, unknown},
          {"SQS.CreateQueue", [=] { return create("more"); }, [=] { return create("no name"); },
           "InvalidParameterValue"}};
}

std::vector<Operation> OperationsTest::others() {
  const auto invoke = [this](const char* function) {
    const std::string payload = std::string("{\"a\":\"") + kSecret + "\"}";
    return right(lambda::invoke(*caller_, lambda_, {function, payload, {}, ""}, soon()),
                 [&](const auto& done) { return done.payload == payload; });
  };
  // moto's Lambda without Docker knows every function; the one with it, none.
  const auto use_docker = [this](bool on) {
    http::Request request;
    request.method = "POST";
    request.url = env_.get("AWS_ENDPOINT_URL").value() + "/moto-api/config";
    request.body = std::string(R"({"lambda":{"use_docker":)") + (on ? "true}}" : "false}}");
    SPAWN_CHECK(client_.send(request).has_value());
  };
  const auto role = [this](const char* name) {
    return came(iam::get_role(*caller_, iam_, name, soon()));
  };
  const auto profile = [this](const char* name) {
    return came(iam::get_instance_profile(*caller_, iam_, name, soon()));
  };
  const auto parameter = [this](const char* name) {
    return right(ssm::get_parameter(*caller_, ssm_, name, soon()),
                 [](const auto& found) { return found.value.starts_with("ami-"); });
  };
  const auto identity = [this] {
    return right(sts::get_caller_identity(*caller_, sts_, soon()),
                 [](const auto& who) { return who.account == "123456789012"; });
  };
  return {
      {"Lambda.Invoke",
       [=] { return use_docker(false), invoke("echo"); },
       [=] { return use_docker(true), invoke("none"); },
       "ResourceNotFoundException",
       {{"faas.invoked_provider", "aws"}, {"faas.invoked_region", "us-east-1"}}},
      {"SSM.GetParameter",
       [=] {
         return parameter("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64");
       },
       [=] { return parameter("/none"); }, "ParameterNotFound"},
      {"IAM.GetRole", [=] { return role("worker"); }, [=] { return role("nobody"); },
       "NoSuchEntity"},
      {"IAM.GetInstanceProfile", [=] { return profile("worker"); },
       [=] { return profile("nobody"); }, "NoSuchEntity"},
      {"STS.GetCallerIdentity", identity, {}, ""},
  };
}

TEST_F(OperationsTest, give_right_results_and_complete_spans_and_the_latter_also_when_they_fail) {
  std::set<std::string> seen;
  for (const auto& table : {ec2(), dynamodb(), s3(), sqs(), others()}) {
    for (const Operation& operation : table) {
      expect_call(operation, true);
      if (operation.bad) expect_call(operation, false);
      seen.insert(operation.span);
    }
  }
  for (const std::string& span : kGuide) EXPECT_TRUE(seen.contains(span)) << span;
}

}  // namespace
}  // namespace spawn::aws
