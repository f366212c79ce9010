// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/dynamodb_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace spawn::handoff {
namespace {

namespace dynamodb = aws::dynamodb;
using dynamodb::Item;
using dynamodb::Value;

constexpr std::string_view kExpiry = "expires_at";

// An empty text is an attribute that is not there.
Item item_of(const Row& row) {
  Item item;
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) item[name] = Value::text(value);
  };
  const auto number = [&](const char* name, const std::optional<std::int64_t>& value) {
    if (value) item[name] = Value::number(*value);
  };
  const auto time = [&](const char* name, std::int64_t seconds) {
    if (seconds != 0) item[name] = Value::number(seconds);
  };
  text("job_array_id", row.job_array_id);
  text("instance_id", row.instance_id);
  number("index", row.index);
  text("provider", row.provider);
  text("ip_address", row.ip_address);
  text("private_ip", row.private_ip);
  text("region", row.region);
  time("registered_at", row.registered_at);
  time("last_heartbeat", row.last_heartbeat);
  time("expires_at", row.expires_at);
  text("status", row.status);
  number("exit_code", row.exit_code);
  text("traceparent", row.traceparent);
  text("tracestate", row.tracestate);
  return item;
}

Row row_of(const Item& item) {
  const auto text = [&](const char* name) { return std::string(dynamodb::text_at(item, name)); };
  const auto time = [&](const char* name) { return dynamodb::number_at(item, name).value_or(0); };
  Row row;
  row.job_array_id = text("job_array_id");
  row.instance_id = text("instance_id");
  row.index = dynamodb::number_at(item, "index");
  row.provider = text("provider");
  row.ip_address = text("ip_address");
  row.private_ip = text("private_ip");
  row.region = text("region");
  row.registered_at = time("registered_at");
  row.last_heartbeat = time("last_heartbeat");
  row.expires_at = time("expires_at");
  row.status = text("status");
  row.exit_code = dynamodb::number_at(item, "exit_code");
  row.traceparent = text("traceparent");
  row.tracestate = text("tracestate");
  return row;
}

Item key_of(const LaunchId& id, std::string_view instance_id) {
  return {{"job_array_id", Value::text(id.text())}, {"instance_id", Value::text(instance_id)}};
}

// "Requested resource not found": DynamoDB's words for a table that is not there.
bool is_about_missing_table(const core::Error& error) {
  return error.code == core::Code::not_found;
}

}  // namespace

core::Status DynamoDbRegistry::make_table(core::Deadline deadline) {
  const std::string table(kRegistryTable);
  auto made =
      dynamodb::create_table(caller_, endpoint_, {table, "job_array_id", "instance_id"}, deadline);
  if (!made) return made;
  auto active = dynamodb::wait_until_active(caller_, tracer_, endpoint_, table, deadline);
  if (!active) return active;
  return dynamodb::update_time_to_live(caller_, endpoint_, table, std::string(kExpiry), deadline);
}

core::Status DynamoDbRegistry::publish_launch(const Row& row, core::Deadline deadline) {
  const dynamodb::PutItem request{
      std::string(kRegistryTable), item_of(row), "attribute_not_exists(instance_id)", {}};
  auto put = dynamodb::put_item(caller_, endpoint_, request, deadline);
  if (!put && is_about_missing_table(put.error())) {
    if (auto made = make_table(deadline); !made) {
      return core::fail(std::move(made.error()).while_("making the registry"));
    }
    put = dynamodb::put_item(caller_, endpoint_, request, deadline);
  }
  if (!put) return core::fail(std::move(put.error()));
  if (*put == dynamodb::Write::done) return core::ok();
  return core::fail(core::Code::invalid_argument,
                    fmt::format("there is a launch '{}' already", row.job_array_id));
}

core::Result<Row> DynamoDbRegistry::read_launch(const LaunchId& id, core::Deadline deadline) {
  auto item = dynamodb::get_item(
      caller_, endpoint_, {std::string(kRegistryTable), key_of(id, kLaunchRow), true, "", {}},
      deadline);
  if (!item) return core::fail(std::move(item.error()));
  if (*item) return row_of(**item);
  return core::fail(core::Code::not_found,
                    fmt::format("no launch '{}' in the registry", id.text()));
}

core::Status DynamoDbRegistry::register_member(const Row& row, core::Deadline deadline) {
  const auto put = dynamodb::put_item(
      caller_, endpoint_, {std::string(kRegistryTable), item_of(row), "", {}}, deadline);
  if (!put) return core::fail(put.error());
  return core::ok();
}

core::Status DynamoDbRegistry::update(const LaunchId& id, std::string_view instance_id,
                                      std::string what, dynamodb::Words words,
                                      core::Deadline deadline) {
  const dynamodb::UpdateItem request{std::string(kRegistryTable), key_of(id, instance_id),
                                     std::move(what), "attribute_exists(instance_id)",
                                     std::move(words)};
  const auto updated = dynamodb::update_item(caller_, endpoint_, request, deadline);
  if (!updated) return core::fail(updated.error());
  if (*updated == dynamodb::Write::done) return core::ok();
  return core::fail(core::Code::not_found,
                    fmt::format("no row of '{}' in the registry", core::visible(instance_id)));
}

core::Status DynamoDbRegistry::heartbeat(const LaunchId& id, std::string_view instance_id,
                                         const Heartbeat& heartbeat, core::Deadline deadline) {
  return update(
      id, instance_id, "SET last_heartbeat = :at, expires_at = :end",
      {{}, {{":at", Value::number(heartbeat.at)}, {":end", Value::number(heartbeat.expires_at)}}},
      deadline);
}

core::Status DynamoDbRegistry::finish(const LaunchId& id, std::string_view instance_id,
                                      const Ending& ending, core::Deadline deadline) {
  std::string what = "SET #status = :status, last_heartbeat = :at, expires_at = :end";
  dynamodb::Words words{{{"#status", "status"}},
                        {{":status", Value::text(ending.status)},
                         {":at", Value::number(ending.heartbeat.at)},
                         {":end", Value::number(ending.heartbeat.expires_at)}}};
  if (ending.exit_code) {
    what += ", exit_code = :code";
    words.values[":code"] = Value::number(*ending.exit_code);
  }
  return update(id, instance_id, std::move(what), std::move(words), deadline);
}

core::Result<std::vector<Row>> DynamoDbRegistry::members(const LaunchId& id,
                                                         core::Deadline deadline) {
  dynamodb::Query request;
  request.table = kRegistryTable;
  request.key_condition = "job_array_id = :id";
  request.words.values[":id"] = Value::text(id.text());
  request.consistent_read = true;
  std::vector<Row> rows;
  do {
    auto page = dynamodb::query(caller_, endpoint_, request, deadline);
    if (!page) return core::fail(std::move(page.error()));
    for (const Item& item : page->items) {
      Row row = row_of(item);
      if (row.instance_id != kLaunchRow) rows.push_back(std::move(row));
    }
    request.next_token = page->next_token;
  } while (!request.next_token.empty());
  std::ranges::sort(rows, {}, [](const Row& row) {
    return std::pair(row.index.value_or(INT64_MAX), row.instance_id);
  });
  return rows;
}

core::Result<std::unique_ptr<Registry>> open_dynamodb_registry(aws::Session& session,
                                                               telemetry::Tracer& tracer) {
  auto endpoint = session.endpoint(dynamodb::kService);
  if (!endpoint) return core::fail(std::move(endpoint.error()));
  return std::make_unique<DynamoDbRegistry>(session.caller(), std::move(*endpoint), tracer);
}

}  // namespace spawn::handoff
