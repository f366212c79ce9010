// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_dynamodb.h"

#include <optional>
#include <utility>
#include <vector>

#include "core/text.h"
#include "testing/fake_aws_replies.h"
#include "testing/fake_json.h"

namespace spawn::testing {
namespace {

using core::Json;
using Item = std::map<std::string, Json>;

constexpr std::size_t kMaxItemBytes = 400 << 10;

http::Reply refuse(std::string_view code, std::string_view message) {
  return error_reply("dynamodb", 400, code, message);
}
http::Reply not_understood() {
  return refuse("ValidationException", "an expression that this fake does not understand");
}

Item item_of(const Json& json) {
  Item item;
  if (json.object() != nullptr) {
    for (const auto& [name, value] : *json.object()) item.insert_or_assign(name, value);
  }
  return item;
}

Json json_of(const Item& item) {
  Json::Object object;
  for (const auto& [name, value] : item) object.emplace_back(name, value);
  return Json(std::move(object));
}

std::string text_of(const Item& item, const std::string& name) {
  const auto at = item.find(name);
  return at == item.end() ? std::string() : at->second.to_text();
}

// Names and values that an expression refers to.
struct Words {
  const Json& body;

  std::string name(std::string_view word) const {
    if (!word.starts_with('#')) return std::string(word);
    return std::string(member(body, "ExpressionAttributeNames").text_at(word));
  }
  const Json* value(std::string_view word) const {
    return member(body, "ExpressionAttributeValues").find(word);
  }
};

std::vector<std::string_view> split_by(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator)) {
    parts.push_back(core::trim(text.substr(0, at)));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(core::trim(text));
  return parts;
}

// "name(word)" → word.
std::optional<std::string_view> argument(std::string_view call, std::string_view name) {
  if (!call.starts_with(name) || !call.ends_with(')')) return std::nullopt;
  call.remove_prefix(name.size());
  if (!call.starts_with('(')) return std::nullopt;
  return core::trim(call.substr(1, call.size() - 2));
}

// "a = :v" → its sides.
std::optional<std::pair<std::string_view, std::string_view>> equation(std::string_view text) {
  const auto at = text.find('=');
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(core::trim(text.substr(0, at)), core::trim(text.substr(at + 1)));
}

// Nothing for an expression that is not understood.
std::optional<bool> holds(std::string_view expression, const Item& item, const Words& words) {
  if (expression.empty()) return true;
  bool all = true;
  for (const std::string_view part : split_by(expression, " AND ")) {
    if (const auto absent = argument(part, "attribute_not_exists")) {
      all &= !item.contains(words.name(*absent));
    } else if (const auto present = argument(part, "attribute_exists")) {
      all &= item.contains(words.name(*present));
    } else if (const auto sides = equation(part)) {
      const Json* wanted = words.value(sides->second);
      if (wanted == nullptr) return std::nullopt;
      all &= text_of(item, words.name(sides->first)) == wanted->to_text();
    } else {
      return std::nullopt;
    }
  }
  return all;
}

bool apply(std::string_view clause, Item& item, const Words& words) {
  if (clause.starts_with("REMOVE ")) {
    for (const std::string_view name : split_by(clause.substr(7), ",")) {
      item.erase(words.name(name));
    }
    return true;
  }
  if (!clause.starts_with("SET ")) return false;
  for (const std::string_view part : split_by(clause.substr(4), ",")) {
    const auto sides = equation(part);
    const Json* value = sides ? words.value(sides->second) : nullptr;
    if (value == nullptr) return false;
    item.insert_or_assign(words.name(sides->first), *value);
  }
  return true;
}

bool update_item(std::string_view expression, Item& item, const Words& words) {
  const auto remove = expression.find("REMOVE ");
  if (remove == std::string_view::npos || remove == 0) return apply(expression, item, words);
  return apply(core::trim(expression.substr(0, remove)), item, words) &&
         apply(expression.substr(remove), item, words);
}

}  // namespace

http::Reply FakeDynamoDb::serve(std::string_view operation, const Json& body) {
  const std::string_view name = body.text_at("TableName");
  if (operation == "CreateTable") return create(body);
  const auto found = tables_.find(name);
  if (found == tables_.end()) {
    return refuse("ResourceNotFoundException", "Requested resource not found");
  }
  Table& table = found->second;
  if (operation == "DescribeTable") return describe(found->first);
  if (operation == "UpdateTimeToLive") return json_reply({});
  if (operation == "PutItem") return put(table, body);
  if (operation == "GetItem") return get(table, body);
  if (operation == "DeleteItem") return remove(table, body);
  if (operation == "UpdateItem") return update(table, body);
  if (operation == "Query") return query(table, body);
  return refuse("UnknownOperationException", "not in this fake");
}

http::Reply FakeDynamoDb::create(const Json& body) {
  Table table;
  const Json& schema = member(body, "KeySchema");
  if (schema.array() != nullptr) {
    for (const Json& key : *schema.array()) {
      (key.text_at("KeyType") == "HASH" ? table.partition : table.sort) =
          key.text_at("AttributeName");
    }
  }
  const std::string name(body.text_at("TableName"));
  if (!tables_.emplace(name, std::move(table)).second) {
    return refuse("ResourceInUseException", "Table already exists");
  }
  return describe(name);
}

http::Reply FakeDynamoDb::describe(const std::string& name) const {
  const Table& described = tables_.at(name);
  Json::Array schema;
  const auto add_key = [&](const std::string& key, const char* role) {
    schema.emplace_back(
        Json::Object{{"AttributeName", Json(key)}, {"KeyType", Json(std::string(role))}});
  };
  add_key(described.partition, "HASH");
  if (!described.sort.empty()) add_key(described.sort, "RANGE");
  Json::Object table;
  table.emplace_back("KeySchema", Json(std::move(schema)));
  table.emplace_back("TableName", Json(name));
  table.emplace_back("TableStatus", Json(std::string("ACTIVE")));
  table.emplace_back("TableArn", Json("arn:aws:dynamodb:us-east-1:123456789012:table/" + name));
  Json::Object reply;
  reply.emplace_back("Table", Json(table));
  reply.emplace_back("TableDescription", Json(std::move(table)));
  return json_reply(std::move(reply));
}

http::Reply FakeDynamoDb::put(Table& table, const Json& body) {
  Item item = item_of(member(body, "Item"));
  const std::string key = text_of(item, table.partition) + text_of(item, table.sort);
  if (json_of(item).to_text().size() > kMaxItemBytes) {
    return refuse("ValidationException", "Item size has exceeded the maximum allowed size");
  }
  const auto before = table.items.find(key);
  const auto ok = holds(body.text_at("ConditionExpression"),
                        before == table.items.end() ? Item{} : before->second, {body});
  if (!ok) return not_understood();
  if (!*ok) return refuse("ConditionalCheckFailedException", "The conditional request failed");
  table.items.insert_or_assign(key, std::move(item));
  return json_reply({});
}

http::Reply FakeDynamoDb::get(const Table& table, const Json& body) const {
  const Item key = item_of(member(body, "Key"));
  const auto found = table.items.find(text_of(key, table.partition) + text_of(key, table.sort));
  if (found == table.items.end()) return json_reply({});
  return json_reply({{"Item", json_of(found->second)}});
}

http::Reply FakeDynamoDb::remove(Table& table, const Json& body) {
  const Item key = item_of(member(body, "Key"));
  const auto found = table.items.find(text_of(key, table.partition) + text_of(key, table.sort));
  const auto ok = holds(body.text_at("ConditionExpression"),
                        found == table.items.end() ? Item{} : found->second, {body});
  if (!ok) return not_understood();
  if (!*ok) return refuse("ConditionalCheckFailedException", "The conditional request failed");
  if (found != table.items.end()) table.items.erase(found);
  return json_reply({});
}

http::Reply FakeDynamoDb::update(Table& table, const Json& body) {
  const Item key = item_of(member(body, "Key"));
  const std::string text = text_of(key, table.partition) + text_of(key, table.sort);
  const auto found = table.items.find(text);
  const Words words{body};
  const auto ok = holds(body.text_at("ConditionExpression"),
                        found == table.items.end() ? Item{} : found->second, words);
  if (!ok) return not_understood();
  if (!*ok) return refuse("ConditionalCheckFailedException", "The conditional request failed");
  Item item = found == table.items.end() ? key : found->second;
  if (!update_item(body.text_at("UpdateExpression"), item, words)) return not_understood();
  Json attributes = json_of(item);
  table.items.insert_or_assign(text, std::move(item));
  return json_reply({{"Attributes", std::move(attributes)}});
}

http::Reply FakeDynamoDb::query(const Table& table, const Json& body) const {
  Json::Array items;
  for (const auto& [key, item] : table.items) {
    const Words words{body};
    const auto ok = holds(body.text_at("KeyConditionExpression"), item, words);
    const auto kept = holds(body.text_at("FilterExpression"), item, words);
    if (!ok || !kept) return not_understood();
    if (*ok && *kept) items.push_back(json_of(item));
  }
  const auto count = static_cast<std::int64_t>(items.size());
  Json::Object reply{
      {"Items", Json(std::move(items))}, {"Count", Json(count)}, {"ScannedCount", Json(count)}};
  if (body.text_at("ReturnConsumedCapacity") == "TOTAL") {
    reply.emplace_back(
        "ConsumedCapacity",
        Json(Json::Object{{"TableName", Json(std::string(body.text_at("TableName")))},
                          {"CapacityUnits", Json(1.0)}}));
  }
  return json_reply(std::move(reply));
}

}  // namespace spawn::testing
