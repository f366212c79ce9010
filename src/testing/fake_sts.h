// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// STS, for FakeAws: who is calling (always the same user), and credentials of a role for an hour or
// as long as was asked, each time others. A role named "denied" may not be assumed.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/client.h"

namespace spawn::testing {

class FakeSts {
 public:
  // `form` is the request's body.
  http::Reply serve(std::string_view form, std::int64_t wall_ns);

 private:
  int given_ = 0;
};

}  // namespace spawn::testing
