// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the JSON protocols send and answer: one object each way. json_1_0 and json_1_1 name the
// operation in X-Amz-Target and post to "/"; rest_json has a path for each.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html, …-1_1-…, aws-restjson1-protocol
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/result.h"

namespace spawn::aws::json {

// A request's object, in the order in which its members were added. Text is repaired to valid
// UTF-8.
class Object {
 public:
  Object& add(std::string_view key, core::Json value) {
    members_.emplace_back(key, std::move(value));
    return *this;
  }
  Object& text(std::string_view key, std::string_view value);
  // Nothing when the text is empty.
  Object& text_if(std::string_view key, std::string_view some) {
    return some.empty() ? *this : text(key, some);
  }
  Object& integer(std::string_view key, std::int64_t number) {
    return add(key, core::Json(number));
  }
  // Nothing when it is zero.
  Object& integer_if(std::string_view key, std::int64_t number) {
    return number == 0 ? *this : integer(key, number);
  }
  Object& real(std::string_view key, double number) { return add(key, core::Json(number)); }
  Object& flag(std::string_view key, bool on) { return add(key, core::Json(on)); }
  Object& texts(std::string_view key, std::span<const std::string> values);
  Object& object(std::string_view key, Object value) { return add(key, std::move(value).take()); }

  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] core::Json take() && { return core::Json(std::move(members_)); }

 private:
  core::Json::Object members_;
};

// For json_1_0 and json_1_1.
Call make_call(const ServiceInfo& service, const Endpoint& endpoint, std::string_view operation,
               Object input, core::Deadline deadline);
// For rest_json: a POST to `path`, which is encoded; `body` is JSON, or empty.
Call make_rest_call(const ServiceInfo& service, const Endpoint& endpoint,
                    std::string_view operation, std::string_view path, http::Body body,
                    core::Deadline deadline);

// Code::protocol when a reply is no object.
core::Result<core::Json> read_object(const Call& call, const Reply& reply);
core::Result<core::Json> call_for_object(Caller& caller, const Call& call);

// What is absent, or of another type, reads as empty.
std::optional<std::int64_t> integer_at(const core::Json& object, std::string_view key);
double real_at(const core::Json& object, std::string_view key);
bool flag_at(const core::Json& object, std::string_view key);
std::vector<std::string> texts_at(const core::Json& object, std::string_view key);
// The member; an empty object when it is absent.
const core::Json& member(const core::Json& object, std::string_view key);

// f(const core::Json&) for each element of a list.
template <typename F>
void for_each_in(const core::Json& object, std::string_view key, F&& f) {
  const core::Json* list = object.find(key);
  if (list == nullptr || list->array() == nullptr) return;
  for (const core::Json& item : *list->array()) f(item);
}

}  // namespace spawn::aws::json
