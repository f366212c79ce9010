// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What is sent and how replies are read; that DynamoDB itself agrees is tests/e2e/guide_operations.
#include "aws/services/dynamodb.h"

#include <gtest/gtest.h>

#include "aws/services/dynamodb_context.h"
#include "aws/stack.h"
#include "aws/test_support.h"
#include "testing/fake_aws.h"
#include "trace/attributes.h"

namespace spawn::aws::dynamodb {
namespace {

namespace key = trace::key;

TEST(DynamoDbValue, is_read_as_what_it_is_and_as_nothing_else) {
  EXPECT_EQ(Value::text("é").form().to_text(), R"({"S":"é"})");
  EXPECT_EQ(Value::number(-7).form().to_text(), R"({"N":"-7"})");
  EXPECT_EQ(Value::number(-7).as_number(), -7);
  EXPECT_EQ(Value::flag(false).as_flag(), false);
  EXPECT_EQ(Value::text("5").as_number(), std::nullopt);
  EXPECT_EQ(Value::number(5).as_text(), "");
  EXPECT_EQ(Value::text("true").as_flag(), std::nullopt);
  const Item inner = {{"a", Value::text("b")}};
  EXPECT_EQ(text_at(Value::map(inner).as_map(), "a"), "b");
  EXPECT_TRUE(Value::text("x").as_map().empty());
  EXPECT_EQ(Value::text("\xff").as_text(), "\xEF\xBF\xBD");
}

TEST(DynamoDbItem, carries_a_context_and_gives_it_back) {
  const trace::SpanContext span{{0x6553'0e1a'0000'0001, 2}, {3}, trace::kSampled, false};
  const trace::ContextExtras extras{"ot=th:8", "", ""};
  Item item = {{"a", Value::text("b")}};
  set_context(span, &extras, item);
  EXPECT_EQ(item.size(), 3U);
  const auto context = context_of(item);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->span.trace_id, span.trace_id);
  EXPECT_EQ(context->extras.tracestate, "ot=th:8");
  set_context(span, nullptr, item);
  EXPECT_EQ(text_at(item, "tracestate"), "");
  EXPECT_FALSE(context_of({{"traceparent", Value::number(1)}}));
  EXPECT_FALSE(context_of({}));
}

class DynamoDbTest : public ::testing::Test {
 protected:
  core::Json sent() { return *core::Json::parse(caller_.calls.back().body); }
  [[nodiscard]] std::string attribute(std::string_view name) const {
    trace::SpanRecord record;
    for (const auto& [key, value] : caller_.calls.back().attributes) record.set(key, value);
    const auto found = record.find(name);
    return found ? found->display() : "-";
  }
  void fail_with(std::string code) {
    Failure failure;
    failure.aws_code = std::move(code);
    failure.error = {core::Code::invalid_argument, "DynamoDB: " + failure.aws_code};
    caller_.answers.emplace_back(tl::unexpected(failure));
  }

  ScriptedCaller caller_;
  core::Deadline deadline_ = core::Deadline::never();
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
};

TEST_F(DynamoDbTest, puts_an_item_if_its_condition_holds) {
  PutItem request{"jobs", {{"id", Value::text("a")}, {"n", Value::number(1)}}, "", {}};
  request.condition = "attribute_not_exists(#i)";
  request.words.names = {{"#i", "id"}};
  EXPECT_EQ(put_item(caller_, endpoint_, request, deadline_), Write::done);
  EXPECT_EQ(caller_.calls.back().operation, "PutItem");
  EXPECT_EQ(sent().to_text(), R"x({"Item":{"id":{"S":"a"},"n":{"N":"1"}},)x"
                              R"x("ConditionExpression":"attribute_not_exists(#i)",)x"
                              R"x("ReturnConsumedCapacity":"TOTAL",)x"
                              R"x("ExpressionAttributeNames":{"#i":"id"},"TableName":"jobs"})x");
  fail_with("ConditionalCheckFailedException");
  EXPECT_EQ(put_item(caller_, endpoint_, request, deadline_), Write::condition_failed);
  fail_with("ValidationException");
  EXPECT_EQ(put_item(caller_, endpoint_, request, deadline_).error().message,
            "DynamoDB: ValidationException");
}

TEST_F(DynamoDbTest, sends_an_update_that_adds_up_only_once) {
  UpdateItem request{"jobs", {{"id", Value::text("a")}}, "ADD n :one", "", {}};
  request.words.values = {{":one", Value::number(1)}};
  request.repeatable = false;
  ASSERT_TRUE(update_item(caller_, endpoint_, request, deadline_));
  EXPECT_FALSE(caller_.calls.back().idempotent);
  EXPECT_EQ(sent().text_at("UpdateExpression"), "ADD n :one");
  request.repeatable = true;
  ASSERT_TRUE(update_item(caller_, endpoint_, request, deadline_));
  EXPECT_TRUE(caller_.calls.back().idempotent);
}

TEST_F(DynamoDbTest, gets_an_item_or_nothing) {
  caller_.answers.emplace_back(good_reply(R"({"Item":{"id":{"S":"a"},"odd":{"SS":["x"]}}})"));
  GetItem request{"jobs", {{"id", Value::text("a")}}, true, "id, odd", {}};
  const auto item = get_item(caller_, endpoint_, request, deadline_);
  ASSERT_TRUE(item && *item);
  EXPECT_EQ(text_at(**item, "id"), "a");
  EXPECT_EQ((*item)->at("odd").form().to_text(), R"({"SS":["x"]})");
  EXPECT_EQ(sent().text_at("ProjectionExpression"), "id, odd");
  EXPECT_EQ(attribute(key::kDynamoDbConsistentRead), "true");
  EXPECT_EQ(attribute(key::kDynamoDbProjection), "id, odd");
  caller_.answers.emplace_back(good_reply("{}"));
  EXPECT_EQ(get_item(caller_, endpoint_, request, deadline_).value(), std::nullopt);
  caller_.answers.emplace_back(good_reply("<html>"));
  EXPECT_EQ(get_item(caller_, endpoint_, request, deadline_).error().code, core::Code::protocol);
}

TEST_F(DynamoDbTest, asks_for_the_page_after_the_one_it_got) {
  Query request;
  request.table = "jobs";
  request.index = "by-time";
  request.key_condition = "id = :i";
  request.words.values = {{":i", Value::text("a")}};
  request.limit = 2;
  request.backward = true;
  caller_.answers.emplace_back(
      good_reply(R"({"Items":[{"id":{"S":"a"}}],"LastEvaluatedKey":{"id":{"S":"a"}}})"));
  const auto page = query(caller_, endpoint_, request, deadline_);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 1U);
  EXPECT_EQ(attribute(key::kDynamoDbIndex), "by-time");
  EXPECT_EQ(attribute(key::kDynamoDbLimit), "2");
  EXPECT_EQ(attribute(key::kDynamoDbScanForward), "false");
  request.next_token = page->next_token;
  caller_.answers.emplace_back(good_reply(R"({"Items":[]})"));
  const auto last = query(caller_, endpoint_, request, deadline_);
  EXPECT_EQ(sent().find("ExclusiveStartKey")->to_text(), R"({"id":{"S":"a"}})");
  EXPECT_EQ(last->next_token, "");
  request.next_token = "{";
  EXPECT_EQ(query(caller_, endpoint_, request, deadline_).error().code,
            core::Code::invalid_argument);
}

TEST_F(DynamoDbTest, is_content_with_a_table_that_is_there) {
  ASSERT_TRUE(create_table(caller_, endpoint_, {"jobs", "a", "b"}, deadline_));
  EXPECT_EQ(sent().find("KeySchema")->to_text(),
            R"([{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}])");
  fail_with("ResourceInUseException");
  EXPECT_TRUE(create_table(caller_, endpoint_, {"jobs", "a", ""}, deadline_));
  fail_with("AccessDeniedException");
  EXPECT_FALSE(create_table(caller_, endpoint_, {"jobs", "a", ""}, deadline_));
  ASSERT_TRUE(update_time_to_live(caller_, endpoint_, "jobs", "expires_at", deadline_));
  EXPECT_EQ(sent().find("TimeToLiveSpecification")->to_text(),
            R"({"Enabled":true,"AttributeName":"expires_at"})");
  caller_.answers.emplace_back(good_reply("{}"));
  EXPECT_EQ(describe_table(caller_, endpoint_, "jobs", deadline_).error().code,
            core::Code::protocol);
}

TEST_F(DynamoDbTest, waits_until_a_table_can_be_used) {
  TestTracing tracing;
  Failure unknown;
  unknown.error = {core::Code::not_found, "not there"};
  caller_.answers.emplace_back(tl::unexpected(unknown));
  caller_.answers.emplace_back(good_reply(R"({"Table":{"TableStatus":"CREATING"}})"));
  caller_.answers.emplace_back(good_reply(R"({"Table":{"TableStatus":"ACTIVE"}})"));
  const auto done = wait_until_active(caller_, tracing.tracer, endpoint_, "jobs", deadline_);
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_EQ(tracing.log.only("wait DynamoDB.TableExists").text("spawn.aws.polls"), "3");
}

TEST_F(DynamoDbTest, says_on_its_span_what_was_asked_and_what_it_cost) {
  TestTracing tracing;
  testing::FakeEnv env;
  testing::FakeAws aws(tracing.clock);
  FixedCredentials credentials;
  const auto caller = make_traced_stack(
      {aws, credentials, tracing.clock, tracing.rng, RetryPolicy{}}, tracing.tracer);
  const Endpoint endpoint = *resolve_endpoint(kService, "", "us-east-1", env, {});
  ASSERT_TRUE(create_table(*caller, endpoint, {"jobs", "a", "b"}, deadline_));
  ASSERT_TRUE(put_item(*caller, endpoint,
                       {"jobs", {{"a", Value::text("1")}, {"b", Value::text("2")}}, "", {}},
                       deadline_));
  Query request;
  request.table = "jobs";
  request.key_condition = "a = :a";
  request.words.values = {{":a", Value::text("1")}};
  ASSERT_EQ(query(*caller, endpoint, request, deadline_)->items.size(), 1U);
  const auto span = tracing.log.only("DynamoDB.Query");
  EXPECT_EQ(span.text("db.system.name"), "aws.dynamodb");
  EXPECT_EQ(span.text("db.operation.name"), "Query");
  EXPECT_EQ(span.text("db.collection.name"), "jobs");
  using Texts = std::vector<std::string>;
  EXPECT_EQ(std::get<Texts>(span.attributes.at("aws.dynamodb.table_names")), Texts{"jobs"});
  EXPECT_EQ(span.text("aws.dynamodb.count"), "1");
  EXPECT_EQ(span.text("aws.dynamodb.scanned_count"), "1");
  EXPECT_EQ(std::get<Texts>(span.attributes.at("aws.dynamodb.consumed_capacity")),
            Texts{R"({"TableName":"jobs","CapacityUnits":1.0})"});
  request.table = "none";
  ASSERT_FALSE(query(*caller, endpoint, request, deadline_));
  EXPECT_EQ(tracing.log.spans().back().text("db.response.status_code"),
            "ResourceNotFoundException");
}

}  // namespace
}  // namespace spawn::aws::dynamodb
