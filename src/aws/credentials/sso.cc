// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/sso.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "aws/credentials/sso_token.h"
#include "aws/services/sso.h"
#include "aws/stack.h"

namespace spawn::aws {
namespace {

using core::Code;

// The profile's settings together with those of the session that it names.
core::Result<std::map<std::string, std::string>> settings_of(const SharedFiles& files,
                                                             const Profile& profile) {
  std::map<std::string, std::string> settings;
  for (const char* key :
       {"sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"}) {
    if (profile.has(key)) settings[key] = profile.get(key);
  }
  const auto session = settings.find("sso_session");
  if (session == settings.end()) return settings;
  const IniSection* section = files.section("sso-session " + session->second);
  if (section == nullptr) {
    return core::fail(Code::invalid_argument, fmt::format("there is no [sso-session {}] in {}",
                                                          session->second, files.config_path));
  }
  for (const auto& [key, property] : *section) {
    const auto [at, is_new] = settings.try_emplace(key, property.value);
    if (!is_new && at->second != property.value) {
      return core::fail(
          Code::invalid_argument,
          fmt::format("{} is not the same as in [sso-session {}]", key, settings["sso_session"]));
    }
  }
  return settings;
}

struct Sso {
  SsoLogin login;
  std::string account_id;
  std::string role_name;
};
core::Result<Sso> read(const SharedFiles& files, const Profile& profile) {
  auto settings = settings_of(files, profile);
  if (!settings) return core::fail(std::move(settings.error()));
  std::string missing;
  for (const char* key : {"sso_role_name", "sso_account_id", "sso_start_url", "sso_region"}) {
    if (!(*settings)[key].empty()) continue;
    missing += missing.empty() ? key : std::string(", ") + key;
  }
  if (!missing.empty()) {
    return core::fail(Code::invalid_argument, "single sign-on is asked for without " + missing);
  }
  return Sso{{(*settings)["sso_session"], (*settings)["sso_start_url"], (*settings)["sso_region"]},
             (*settings)["sso_account_id"],
             (*settings)["sso_role_name"]};
}

}  // namespace

core::Result<Credentials> SsoCredentials::get() {
  if (!profile_.has("sso_account_id") && !profile_.has("sso_role_name")) {
    return core::fail(Code::not_found, {});  // not worth a word
  }
  const std::string source = fmt::format("profile '{}'", profile_.name);
  const auto log_in = [&](std::string_view why) {
    return core::fail(Code::unauthenticated, fmt::format("{}: {}: run `aws sso login --profile {}`",
                                                         source, why, profile_.name));
  };
  const auto asked = read(parts_.files, profile_);
  if (!asked) return core::fail(in_earnest(asked.error(), source));
  auto token = sso_token(parts_, asked->login);
  if (!token) {
    if (token.error().code == Code::unauthenticated) return log_in(token.error().message);
    return core::fail(in_earnest(std::move(token.error()), source));
  }
  const auto endpoint = parts_.endpoint(sso::kPortal, asked->login.region);
  if (!endpoint) return core::fail(in_earnest(endpoint.error(), source));
  const auto caller = make_unsigned_stack(parts_.client, parts_.clock, parts_.rng);
  auto credentials = sso::get_role_credentials(
      *caller, *endpoint, {asked->account_id, asked->role_name, std::move(*token)},
      parts_.deadline());
  if (!credentials) {
    if (credentials.error().code == Code::unauthenticated) {
      return log_in("the login is not accepted any more");
    }
    return core::fail(in_earnest(std::move(credentials.error()), source));
  }
  credentials->source = source;
  return credentials;
}

}  // namespace spawn::aws
