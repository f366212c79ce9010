// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/protocol/json.h"

#include "core/text.h"

namespace spawn::aws::json {

Object& Object::text(std::string_view key, std::string_view value) {
  return add(key, core::Json(core::repair_utf8(value)));
}

Object& Object::texts(std::string_view key, std::span<const std::string> values) {
  core::Json::Array list;
  for (const std::string& value : values) list.emplace_back(core::repair_utf8(value));
  return add(key, core::Json(std::move(list)));
}

Call make_call(const ServiceInfo& service, const Endpoint& endpoint, std::string_view operation,
               Object input, core::Deadline deadline) {
  Call call;
  call.service = &service;
  call.operation = operation;
  call.region = endpoint.region;
  call.url = endpoint.url;
  call.headers = {
      {"Content-Type", service.protocol == Protocol::json_1_0 ? "application/x-amz-json-1.0"
                                                              : "application/x-amz-json-1.1"},
      {"X-Amz-Target", std::string(service.target_prefix) + "." + call.operation}};
  call.body = std::move(input).take().to_text();
  call.deadline = deadline;
  return call;
}

Call make_rest_call(const ServiceInfo& service, const Endpoint& endpoint,
                    std::string_view operation, std::string_view path, http::Body body,
                    core::Deadline deadline) {
  Call call;
  call.service = &service;
  call.operation = operation;
  call.region = endpoint.region;
  call.url = endpoint.url;
  if (call.url.path.ends_with('/')) call.url.path.pop_back();
  call.url.path += path;
  if (!body.empty()) call.headers = {{"Content-Type", "application/json"}};
  call.body = std::move(body);
  call.deadline = deadline;
  return call;
}

core::Result<core::Json> read_object(const Call& call, const Reply& reply) {
  auto body = core::Json::parse(reply.body);
  if (body && body->object() != nullptr) return body;
  return core::fail(core::Code::protocol, std::string(call.service->id) + " " + call.operation +
                                              ": the reply of " + call.url.authority() +
                                              " is no JSON object (check the endpoint)");
}

core::Result<core::Json> call_for_object(Caller& caller, const Call& call) {
  const auto reply = call_for_reply(caller, call);
  if (!reply) return core::fail(reply.error());
  return read_object(call, *reply);
}

std::optional<std::int64_t> integer_at(const core::Json& object, std::string_view key) {
  const core::Json* found = object.find(key);
  if (found == nullptr || found->integer() == nullptr) return std::nullopt;
  return *found->integer();
}

double real_at(const core::Json& object, std::string_view key) {
  const core::Json* found = object.find(key);
  return found == nullptr ? 0 : found->number().value_or(0);
}

bool flag_at(const core::Json& object, std::string_view key) {
  const core::Json* found = object.find(key);
  return found != nullptr && found->boolean() != nullptr && *found->boolean();
}

std::vector<std::string> texts_at(const core::Json& object, std::string_view key) {
  std::vector<std::string> texts;
  for_each_in(object, key, [&](const core::Json& item) {
    if (item.string() != nullptr) texts.push_back(*item.string());
  });
  return texts;
}

const core::Json& member(const core::Json& object, std::string_view key) {
  static const core::Json none{core::Json::Object{}};
  const core::Json* found = object.find(key);
  return found == nullptr ? none : *found;
}

}  // namespace spawn::aws::json
