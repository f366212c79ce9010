// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/foreign_span.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"
#include "trace/attributes.h"
#include "trace/json_value.h"
#include "xray/fields.h"
#include "xray/mapping.h"
#include "xray/subject.h"

namespace spawn::xray {
namespace {

namespace key = trace::key;
using core::Json;
using trace::SpanRecord;

bool is_true(const Json& document, std::string_view name) {
  const Json* flag = document.find(name);
  return flag != nullptr && flag->boolean() != nullptr && *flag->boolean();
}

void set_json(SpanRecord& record, std::string_view name, const Json* value) {
  if (value == nullptr) return;
  if (const auto owned = trace::to_attribute_value(*value)) record.set(name, *owned);
}

bool is_in(const Json* list, std::string_view name) {
  if (list == nullptr || list->array() == nullptr) return false;
  return std::ranges::any_of(*list->array(), [&](const Json& item) {
    return item.string() != nullptr && *item.string() == name;
  });
}

// "http.request.method"
const Json* at_path(const Json& document, std::string_view path) {
  const Json* at = &document;
  for (;;) {
    const std::size_t dot = path.find('.');
    at = at->find(path.substr(0, dot));
    if (at == nullptr || dot == std::string_view::npos) return at;
    path.remove_prefix(dot + 1);
  }
}

// The members of the aws block that no table knows.
void read_other_aws(const Json& document, const Json* but_not, SpanRecord& record) {
  const Json* aws = document.find("aws");
  if (aws == nullptr || aws->object() == nullptr) return;
  for (const auto& [name, value] : *aws->object()) {
    // Objects are about the process: foreign_resource().
    if (value.object() != nullptr || name == "cloudwatch_logs" || name == "account_id") continue;
    if (std::ranges::find(kMembers, "aws." + name, &Member::path) != kMembers.end()) continue;
    if (name == "retries") {
      const std::int64_t* count = value.integer();
      // More would be no count.
      if (count != nullptr && *count >= 0 && *count < 1'000'000) {
        record.set(key::kAwsAttempts, *count + 1);
      }
    } else if (name == "table_name" || name == "table_names") {
      if (is_in(but_not, "aws.dynamodb.table_names")) continue;
      if (value.string() != nullptr) {
        record.set("aws.dynamodb.table_names",
                   trace::OwnedValue(std::vector<std::string>{*value.string()}));
      } else {
        set_json(record, "aws.dynamodb.table_names", &value);
      }
    } else {
      set_json(record, "aws." + name, &value);
    }
  }
}

void read_sql(const Json& document, SpanRecord& record) {
  const Json* sql = document.find("sql");
  if (sql == nullptr) return;
  // Of whatever type: it may be a word that OpenTelemetry has not.
  if (!is_sql_system(sql->text_at("database_type"))) record.set("db.system", kOtherSql);
  constexpr std::pair<std::string_view, std::string_view> kSql[] = {
      {"database_type", "db.system.name"},
      {"sanitized_query", "db.query.text"},
      {"user", "db.user"},
      {"url", "db.connection_string"},
      {"connection_string", "db.connection_string"},
      {"database_version", "db.version"},
      {"driver_version", "db.driver.version"},
      {"preparation", "db.preparation"}};
  for (const auto& [member, attribute] : kSql) set_json(record, attribute, sql->find(member));
}

void read_extras(const Json& document, SpanRecord& record) {
  const Json* annotations = document.find("annotations");
  if (annotations != nullptr && annotations->object() != nullptr) {
    std::vector<std::string> names;
    for (const auto& [name, value] : *annotations->object()) {
      set_json(record, name, &value);
      names.push_back(name);
    }
    record.set("aws.xray.annotations", trace::OwnedValue(std::move(names)));
  }
  const Json* metadata = document.find("metadata");
  if (metadata == nullptr || metadata->object() == nullptr) return;
  for (const auto& [space, members] : *metadata->object()) {
    if (members.object() == nullptr) {
      set_json(record, space, &members);
      continue;
    }
    for (const auto& [name, value] : *members.object()) {
      if (name.starts_with(kResourcePrefix)) continue;
      const bool bare = space == "default" && !record.find(name);
      set_json(record, bare ? name : space + "." + name, &value);
    }
  }
}

// Frames in Java's form, which stack.cc reads again.
std::string stack_text(const Json& exception) {
  std::string text;
  const Json* stack = exception.find("stack");
  if (stack == nullptr || stack->array() == nullptr) return text;
  for (const Json& frame : *stack->array()) {
    const Json* line = frame.find("line");
    const std::int64_t* number = line == nullptr ? nullptr : line->integer();
    text += fmt::format("{}at {}({}:{})", text.empty() ? "" : "\n", frame.text_at("label"),
                        frame.text_at("path"), number == nullptr ? 0 : *number);
  }
  const Json* truncated = exception.find("truncated");
  if (truncated != nullptr && truncated->integer() != nullptr) {
    text += fmt::format("\n... {} more", *truncated->integer());
  }
  return text;
}

// Of the document or of one in it; null when it is elsewhere.
const Json* find_exception(const Json& document, std::string_view id) {
  const Json* found = nullptr;
  for_each_of(at_path(document, "cause.exceptions"), [&](const Json& exception) {
    if (exception.text_at("id") == id) found = &exception;
  });
  for_each_of(document.find("subsegments"), [&](const Json& inner) {
    if (found == nullptr) found = find_exception(inner, id);
  });
  return found;
}

// The first exception names the error.
void read_failure(const Json& document, const Json& whole, const Flags& flags, SpanRecord& record) {
  std::string type;
  std::string message;
  const auto add = [&](const Json& exception) {
    record.add_event("exception", record.end_ns);
    for (const auto* name : {"type", "message"}) {
      const std::string text(exception.text_at(name));
      if (!text.empty()) record.set_on_last(std::string("exception.") + name, text);
    }
    const std::string stack = stack_text(exception);
    if (!stack.empty()) record.set_on_last("exception.stacktrace", stack);
    if (type.empty()) type = exception.text_at("type");
    if (message.empty()) message = exception.text_at("message");
  };
  for_each_of(at_path(document, "cause.exceptions"), add);
  if (const std::string_view id = document.text_at("cause"); !id.empty()) {
    if (const Json* exception = find_exception(whole, id)) {
      add(*exception);
    } else {
      record.set("aws.xray.cause", id);
    }
  }
  if (!type.empty() && !record.find(key::kErrorType)) record.set(key::kErrorType, type);
  if (flags.any() || flags.throttle) record.set_status(trace::StatusCode::error, message);
}

// What would be written otherwise than the document has it, were it not said.
void keep_what_differs(const Json& document, const Flags& flags, SpanRecord& record) {
  const Fields fields = collect_fields(record);
  const std::string_view name = document.text_at("name");
  std::string storage;
  const bool renamed =
      document.text_at("namespace") == "remote" && callee_of(record, fields, storage) != name;
  if (flags_of(record, fields) != flags) {
    std::vector<std::string> names;
    if (flags.error) names.emplace_back("error");
    if (flags.throttle) names.emplace_back("throttle");
    if (flags.fault) names.emplace_back("fault");
    record.set("aws.xray.flags", trace::OwnedValue(std::move(names)));
  }
  if (renamed) record.set("peer.service", name);
}

}  // namespace

void read_blocks(const Json& document, bool subsegment, const Json* but_not, SpanRecord& record) {
  if (document.text_at("namespace") == "aws") {
    if (!is_in(but_not, key::kRpcSystem)) record.set(key::kRpcSystem, "aws-api");
    if (!is_in(but_not, key::kRpcService)) record.set(key::kRpcService, document.text_at("name"));
  }
  for (const Member& member : kMembers) {
    // A segment's account is its process's.
    if (member.field == Field::account_id && !subsegment) continue;
    if (!is_in(but_not, member.attribute)) {
      set_json(record, member.attribute, at_path(document, member.path));
    }
  }
  read_other_aws(document, but_not, record);
}

void read_foreign(const Json& document, const Json& whole, bool subsegment, SpanRecord& record) {
  const std::string name(document.text_at("name"));
  const std::string_view space = document.text_at("namespace");
  const Json* aws = document.find("aws");
  const std::string_view operation =
      aws == nullptr ? std::string_view() : aws->text_at("operation");
  record.set_name(space == "aws" && !operation.empty() ? name + "." + std::string(operation)
                                                       : name);
  record.kind = !subsegment                           ? trace::SpanKind::server
                : space == "aws" || space == "remote" ? trace::SpanKind::client
                                                      : trace::SpanKind::internal;
  record.parent_remote = !subsegment && record.parent_id.valid();
  read_extras(document, record);
  read_blocks(document, subsegment, nullptr, record);
  read_sql(document, record);
  set_json(record, "enduser.id", document.find("user"));
  const Flags flags{.error = is_true(document, "error"),
                    .fault = is_true(document, "fault"),
                    .throttle = is_true(document, "throttle")};
  read_failure(document, whole, flags, record);
  keep_what_differs(document, flags, record);
}

namespace {

void take_log_groups(const Json& segment, trace::Resource& resource) {
  const Json* logs = at_path(segment, "aws.cloudwatch_logs");
  if (logs == nullptr || logs->array() == nullptr) return;
  std::vector<std::string> groups;
  for (const Json& log : *logs->array()) {
    if (const auto group = log.text_at("log_group"); !group.empty()) groups.emplace_back(group);
  }
  if (!groups.empty()) resource.set("aws.log.group.names", std::move(groups));
}

}  // namespace

trace::Resource foreign_resource(const Json& segment) {
  trace::Resource resource;
  const auto take = [&](const Json* from, std::string_view name, std::string_view as) {
    const Json* value = from == nullptr ? nullptr : from->find(name);
    if (value == nullptr) return;
    if (auto owned = trace::to_attribute_value(*value)) resource.set(as, *std::move(owned));
  };
  take(&segment, "name", key::kServiceName);
  take(segment.find("service"), "version", key::kServiceVersion);
  const std::string_view origin = segment.text_at("origin");
  const bool ecs = origin.starts_with("AWS::ECS::");
  const auto platform = ecs ? std::ranges::find(kPlatforms, "aws_ecs", &Platform::cloud_platform)
                            : std::ranges::find(kPlatforms, origin, &Platform::origin);
  if (origin == "AWS::ECS::EC2") resource.set("aws.ecs.launchtype", std::string("ec2"));
  if (origin == "AWS::ECS::Fargate") resource.set("aws.ecs.launchtype", std::string("fargate"));
  if (platform == kPlatforms.end()) {
    if (!origin.empty()) resource.set("aws.xray.origin", std::string(origin));
  } else {
    resource.set(key::kCloudProvider, std::string("aws"));
    resource.set(key::kCloudPlatform, std::string(platform->cloud_platform));
  }
  for (const ResourceMember& member : kResourceMembers) {
    if (!member.path.starts_with("aws.") || resource.find(member.attribute) != nullptr) continue;
    const Json* value = at_path(segment, member.path);
    // A mark, no version; the list of log groups has a form of its own.
    if (value == nullptr || value->boolean() != nullptr) continue;
    if (auto owned = trace::to_attribute_value(*value))
      resource.set(member.attribute, *std::move(owned));
  }
  take_log_groups(segment, resource);
  return resource;
}

}  // namespace spawn::xray
