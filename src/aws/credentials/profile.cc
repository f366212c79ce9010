// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/profile.h"

#include <fmt/format.h>

namespace spawn::aws {

using core::Code;

core::Result<Credentials> ProfileCredentials::get() {
  const bool in_credentials = file_ == File::credentials;
  const IniSection& section = in_credentials ? profile_.credentials : profile_.config;
  const std::string& path = in_credentials ? profile_.credentials_path : profile_.config_path;
  const auto value = [&](const char* key) {
    const auto at = section.find(key);
    return at == section.end() ? std::string() : at->second.value;
  };
  std::string id = value("aws_access_key_id");
  std::string secret = value("aws_secret_access_key");
  if (id.empty() && secret.empty()) {
    return core::fail(Code::not_found,
                      fmt::format("profile '{}' has no keys in {}", profile_.name, path));
  }
  if (id.empty() || secret.empty()) {
    return core::fail(Code::unauthenticated,
                      fmt::format("{}: profile '{}' has only one of aws_access_key_id and "
                                  "aws_secret_access_key",
                                  path, profile_.name));
  }
  return Credentials{std::move(id),
                     core::Secret(std::move(secret)),
                     core::Secret(value("aws_session_token")),
                     {},
                     fmt::format("profile '{}'", profile_.name)};
}

core::Result<Credentials> RefusedCredentials::get() {
  if (profile_.get("login_session").empty()) return core::fail(Code::not_found, {});
  return core::fail(
      Code::unauthenticated,
      fmt::format("profile '{0}' uses login_session, which is not supported: run `eval \"$(aws "
                  "configure export-credentials --profile {0} --format env)\"` first",
                  profile_.name));
}

}  // namespace spawn::aws
