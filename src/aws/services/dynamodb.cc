// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/dynamodb.h"

#include <fmt/format.h>

#include "aws/protocol/json.h"
#include "aws/waiter.h"
#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::aws::dynamodb {
namespace {

namespace key = trace::key;

core::Json form_of(const Item& item) {
  core::Json::Object members;
  for (const auto& [name, value] : item) {
    members.emplace_back(core::repair_utf8(name), value.form());
  }
  return core::Json(std::move(members));
}

Item item_of(const core::Json& form) {
  Item item;
  if (form.object() == nullptr) return item;
  for (const auto& [name, value] : *form.object()) item.insert_or_assign(name, Value(value));
  return item;
}

void add_words(json::Object& input, const Words& words) {
  if (!words.names.empty()) {
    json::Object names;
    for (const auto& [word, name] : words.names) names.text(word, name);
    input.object("ExpressionAttributeNames", std::move(names));
  }
  if (!words.values.empty()) input.add("ExpressionAttributeValues", form_of(words.values));
}

// ConsumedCapacity as JSON, which is how the conventions want it.
void describe_capacity(const core::Json& reply, trace::SpanRecord& span) {
  const core::Json* consumed = reply.find("ConsumedCapacity");
  if (consumed == nullptr) return;
  const std::string text = consumed->to_text();
  const std::string_view one = text;
  span.set(key::kDynamoDbCapacity, std::span(&one, 1));
}

void describe(const Outcome& outcome, trace::SpanRecord& span) {
  if (!outcome) {
    if (!outcome.error().aws_code.empty()) span.set(key::kDbStatus, outcome.error().aws_code);
    return;
  }
  const auto reply = core::Json::parse(outcome->body);
  if (!reply) return;
  describe_capacity(*reply, span);
  if (const auto count = json::integer_at(*reply, "Count")) span.set(key::kDynamoDbCount, *count);
  if (const auto scanned = json::integer_at(*reply, "ScannedCount")) {
    span.set(key::kDynamoDbScannedCount, *scanned);
  }
}

Call make_call(const Endpoint& endpoint, std::string_view operation, const std::string& table,
               json::Object input, core::Deadline deadline) {
  input.text("TableName", table);
  Call call = json::make_call(kService, endpoint, operation, std::move(input), deadline);
  call.attributes = {{key::kDbSystem, "aws.dynamodb"},
                     {key::kDbOperation, call.operation},
                     {key::kDbCollection, table},
                     {key::kDynamoDbTables, std::vector<std::string>{table}}};
  call.describe = describe;
  return call;
}

core::Result<Write> call_for_write(Caller& caller, const Call& call) {
  auto outcome = caller.call(call);
  if (outcome) return Write::done;
  if (outcome.error().aws_code == "ConditionalCheckFailedException") {
    return Write::condition_failed;
  }
  return core::fail(std::move(outcome.error().error));
}

// A write of one item: what all of them say in the same words.
core::Result<Write> write(Caller& caller, const Endpoint& endpoint, std::string_view operation,
                          const std::string& table, json::Object input,
                          const std::string& condition, const Words& words, bool repeatable,
                          core::Deadline deadline) {
  input.text_if("ConditionExpression", condition).text("ReturnConsumedCapacity", "TOTAL");
  add_words(input, words);
  Call call = make_call(endpoint, operation, table, std::move(input), deadline);
  call.idempotent = repeatable;
  return call_for_write(caller, call);
}

json::Object key_definition(const std::string& name, std::string_view kind_key,
                            std::string_view kind) {
  json::Object definition;
  definition.text("AttributeName", name).text(kind_key, kind);
  return definition;
}

}  // namespace

const ServiceInfo kService{"DynamoDB",         "dynamodb", "dynamodb",         "DYNAMODB",
                           Protocol::json_1_0, true,       "DynamoDB_20120810"};

Value Value::text(std::string_view text) {
  return Value(core::Json(core::Json::Object{{"S", core::Json(core::repair_utf8(text))}}));
}

Value Value::number(std::int64_t number) {
  return Value(core::Json(core::Json::Object{{"N", core::Json(std::to_string(number))}}));
}

Value Value::flag(bool on) {
  return Value(core::Json(core::Json::Object{{"BOOL", core::Json(on)}}));
}

Value Value::map(const Item& members) {
  return Value(core::Json(core::Json::Object{{"M", form_of(members)}}));
}

std::optional<std::int64_t> Value::as_number() const { return core::parse_int(form_.text_at("N")); }

std::optional<bool> Value::as_flag() const {
  const core::Json* on = form_.find("BOOL");
  if (on == nullptr || on->boolean() == nullptr) return std::nullopt;
  return *on->boolean();
}

Item Value::as_map() const { return item_of(json::member(form_, "M")); }

std::string_view text_at(const Item& item, std::string_view name) {
  const auto found = item.find(name);
  return found == item.end() ? std::string_view() : found->second.as_text();
}

std::optional<std::int64_t> number_at(const Item& item, std::string_view name) {
  const auto found = item.find(name);
  return found == item.end() ? std::nullopt : found->second.as_number();
}

core::Result<Write> put_item(Caller& caller, const Endpoint& endpoint, const PutItem& request,
                             core::Deadline deadline) {
  json::Object input;
  input.add("Item", form_of(request.item));
  return write(caller, endpoint, "PutItem", request.table, std::move(input), request.condition,
               request.words, true, deadline);
}

core::Result<Write> update_item(Caller& caller, const Endpoint& endpoint, const UpdateItem& request,
                                core::Deadline deadline) {
  json::Object input;
  input.add("Key", form_of(request.key)).text("UpdateExpression", request.update);
  return write(caller, endpoint, "UpdateItem", request.table, std::move(input), request.condition,
               request.words, request.repeatable, deadline);
}

core::Result<Write> delete_item(Caller& caller, const Endpoint& endpoint, const DeleteItem& request,
                                core::Deadline deadline) {
  json::Object input;
  input.add("Key", form_of(request.key));
  return write(caller, endpoint, "DeleteItem", request.table, std::move(input), request.condition,
               request.words, true, deadline);
}

core::Result<std::optional<Item>> get_item(Caller& caller, const Endpoint& endpoint,
                                           const GetItem& request, core::Deadline deadline) {
  json::Object input;
  input.add("Key", form_of(request.key))
      .flag("ConsistentRead", request.consistent_read)
      .text_if("ProjectionExpression", request.projection)
      .text("ReturnConsumedCapacity", "TOTAL");
  add_words(input, request.words);
  Call call = make_call(endpoint, "GetItem", request.table, std::move(input), deadline);
  call.attributes.emplace_back(key::kDynamoDbConsistentRead, request.consistent_read);
  if (!request.projection.empty()) {
    call.attributes.emplace_back(key::kDynamoDbProjection, request.projection);
  }
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  const core::Json* item = reply->find("Item");
  if (item == nullptr) return std::nullopt;
  return item_of(*item);
}

core::Result<QueryPage> query(Caller& caller, const Endpoint& endpoint, const Query& request,
                              core::Deadline deadline) {
  json::Object input;
  input.text("KeyConditionExpression", request.key_condition)
      .text_if("IndexName", request.index)
      .text_if("FilterExpression", request.filter)
      .text_if("ProjectionExpression", request.projection)
      .integer_if("Limit", request.limit)
      .flag("ConsistentRead", request.consistent_read)
      .flag("ScanIndexForward", !request.backward)
      .text("ReturnConsumedCapacity", "TOTAL");
  add_words(input, request.words);
  if (!request.next_token.empty()) {
    auto start = core::Json::parse(request.next_token);
    if (!start) return core::fail(std::move(start.error()).while_("DynamoDB Query: next_token"));
    input.add("ExclusiveStartKey", std::move(*start));
  }
  Call call = make_call(endpoint, "Query", request.table, std::move(input), deadline);
  const auto describe_text = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) call.attributes.emplace_back(name, text);
  };
  describe_text(key::kDynamoDbIndex, request.index);
  describe_text(key::kDynamoDbProjection, request.projection);
  if (request.limit != 0) call.attributes.emplace_back(key::kDynamoDbLimit, request.limit);
  call.attributes.emplace_back(key::kDynamoDbConsistentRead, request.consistent_read);
  call.attributes.emplace_back(key::kDynamoDbScanForward, !request.backward);

  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  QueryPage page;
  json::for_each_in(*reply, "Items",
                    [&](const core::Json& item) { page.items.push_back(item_of(item)); });
  if (const core::Json* last = reply->find("LastEvaluatedKey"); last != nullptr) {
    page.next_token = last->to_text();
  }
  return page;
}

core::Status create_table(Caller& caller, const Endpoint& endpoint, const CreateTable& request,
                          core::Deadline deadline) {
  core::Json::Array types;
  core::Json::Array schema;
  const auto add_key = [&](const std::string& name, std::string_view role) {
    types.push_back(key_definition(name, "AttributeType", "S").take());
    schema.push_back(key_definition(name, "KeyType", role).take());
  };
  add_key(request.partition_key, "HASH");
  if (!request.sort_key.empty()) add_key(request.sort_key, "RANGE");
  json::Object input;
  input.add("AttributeDefinitions", core::Json(std::move(types)))
      .add("KeySchema", core::Json(std::move(schema)))
      .text("BillingMode", "PAY_PER_REQUEST");
  const Call call = make_call(endpoint, "CreateTable", request.table, std::move(input), deadline);
  auto outcome = caller.call(call);
  if (outcome || outcome.error().aws_code == "ResourceInUseException") return core::ok();
  return core::fail(std::move(outcome.error().error));
}

core::Result<Table> describe_table(Caller& caller, const Endpoint& endpoint,
                                   const std::string& table, core::Deadline deadline) {
  const Call call = make_call(endpoint, "DescribeTable", table, {}, deadline);
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  const core::Json& from = json::member(*reply, "Table");
  Table found{std::string(from.text_at("TableName")),
              std::string(from.text_at("TableArn")),
              std::string(from.text_at("TableStatus")),
              {},
              {}};
  json::for_each_in(from, "KeySchema", [&](const core::Json& part) {
    (part.text_at("KeyType") == "HASH" ? found.partition_key : found.sort_key) =
        part.text_at("AttributeName");
  });
  if (found.status.empty()) {
    return core::fail(core::Code::protocol, "DynamoDB DescribeTable: the reply tells no status");
  }
  return found;
}

core::Status wait_until_active(Caller& caller, telemetry::Tracer& tracer, const Endpoint& endpoint,
                               const std::string& table, core::Deadline deadline) {
  const Waiter waiter{"DynamoDB.TableExists", std::chrono::seconds(20), 25};
  return wait_until(tracer, waiter, deadline, [&]() -> core::Result<Poll> {
    const auto found = describe_table(caller, endpoint, table, deadline);
    if (found) {
      return Poll{found->status == "ACTIVE", fmt::format("{} is {}", table, found->status)};
    }
    if (found.error().code == core::Code::not_found) {
      return Poll{false, table + " is not there yet"};
    }
    return core::fail(found.error());
  });
}

core::Status update_time_to_live(Caller& caller, const Endpoint& endpoint, const std::string& table,
                                 const std::string& attribute, core::Deadline deadline) {
  json::Object specification;
  specification.flag("Enabled", true).text("AttributeName", attribute);
  json::Object input;
  input.object("TimeToLiveSpecification", std::move(specification));
  const auto reply = call_for_reply(
      caller, make_call(endpoint, "UpdateTimeToLive", table, std::move(input), deadline));
  return reply ? core::ok() : core::Status(core::fail(reply.error()));
}

}  // namespace spawn::aws::dynamodb
