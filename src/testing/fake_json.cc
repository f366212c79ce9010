// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_json.h"

#include <utility>

namespace spawn::testing {

http::Reply json_reply(core::Json::Object members) {
  http::Reply reply;
  reply.status = 200;
  reply.headers = {{"Content-Type", "application/x-amz-json-1.0"}};
  reply.body = core::Json(std::move(members)).to_text();
  return reply;
}

const core::Json& member(const core::Json& object, std::string_view name) {
  static const core::Json none{core::Json::Object{}};
  const core::Json* found = object.find(name);
  return found == nullptr ? none : *found;
}

std::int64_t number_at(const core::Json& object, std::string_view name, std::int64_t otherwise) {
  const core::Json* found = object.find(name);
  return found != nullptr && found->integer() != nullptr ? *found->integer() : otherwise;
}

}  // namespace spawn::testing
