// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the fakes of services with JSON protocols share.
#pragma once

#include <string_view>

#include "core/json.h"
#include "http/client.h"

namespace spawn::testing {

http::Reply json_reply(core::Json::Object members);

// The member of an object, an empty object when it is not there.
const core::Json& member(const core::Json& object, std::string_view name);
// The member's number, `otherwise` when there is none.
std::int64_t number_at(const core::Json& object, std::string_view name, std::int64_t otherwise);

}  // namespace spawn::testing
