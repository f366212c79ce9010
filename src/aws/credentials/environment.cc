// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/environment.h"

namespace spawn::aws {

using core::Code;

core::Result<Credentials> EnvironmentCredentials::get() {
  auto id = env_.get_non_empty("AWS_ACCESS_KEY_ID");
  auto secret = env_.get_non_empty("AWS_SECRET_ACCESS_KEY");
  if (!id && !secret) return core::fail(Code::not_found, "AWS_ACCESS_KEY_ID is not set");
  if (!secret) {
    return core::fail(Code::unauthenticated,
                      "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  }
  if (!id) {
    return core::fail(Code::unauthenticated,
                      "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not");
  }
  return Credentials{std::move(*id),
                     core::Secret(std::move(*secret)),
                     core::Secret(env_.get_non_empty("AWS_SESSION_TOKEN").value_or("")),
                     {},
                     "environment"};
}

}  // namespace spawn::aws
