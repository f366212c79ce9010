// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/assumed_role.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "aws/credentials/cached.h"
#include "aws/credentials/chain.h"
#include "aws/credentials/container.h"
#include "aws/credentials/environment.h"
#include "aws/credentials/instance.h"
#include "aws/credentials/process.h"
#include "aws/credentials/profile.h"
#include "aws/credentials/sso.h"
#include "aws/credentials/web_identity.h"
#include "aws/imds.h"
#include "aws/services/sts.h"
#include "aws/stack.h"
#include "core/text.h"

namespace spawn::aws {
namespace {

using core::Code;
using Source = std::unique_ptr<CredentialsProvider>;

bool has_role(const Profile& profile) {
  return profile.has("role_arn") && !profile.has("web_identity_token_file");
}

bool has_keys(const Profile& profile) {
  return profile.has("aws_access_key_id") || profile.has("aws_secret_access_key");
}

// One AssumeRole with the credentials of `source`.
class RoleCredentials final : public CredentialsProvider {
 public:
  RoleCredentials(const SourceParts& parts, std::string said_by, sts::AssumeRole role,
                  Source source)
      : parts_(parts),
        said_by_(std::move(said_by)),
        role_(std::move(role)),
        source_(std::move(source)),
        cached_source_(*source_, parts.clock) {}

  core::Result<Credentials> get() override {
    // Asked here and not by the signing layer, so that their absence is no failed call to STS.
    if (auto with = cached_source_.get(); !with) {
      return core::fail(in_earnest(std::move(with.error()), said_by_));
    }
    const auto endpoint = parts_.endpoint(sts::kService);
    if (!endpoint) return core::fail(in_earnest(endpoint.error(), said_by_));
    const auto caller =
        make_plain_stack({parts_.client, cached_source_, parts_.clock, parts_.rng, RetryPolicy{}});
    sts::AssumeRole request = role_;
    request.session_name = session_name(role_.session_name, parts_.clock);
    auto credentials = sts::assume_role(*caller, *endpoint, request, parts_.deadline());
    if (!credentials) return core::fail(in_earnest(std::move(credentials.error()), said_by_));
    credentials->source = said_by_;
    return credentials;
  }

  void forget() override { cached_source_.forget(); }

 private:
  const SourceParts& parts_;
  std::string said_by_;
  sts::AssumeRole role_;
  Source source_;
  CachedCredentials cached_source_;
};

// What a source profile has besides a role.
class ProfileSources final : public CredentialsProvider {
 public:
  ProfileSources(const SourceParts& parts, Profile profile) : profile_(std::move(profile)) {
    std::vector<Source> list;
    list.push_back(std::make_unique<WebIdentityCredentials>(
        parts, profile_, WebIdentityCredentials::Environment::ignored));
    list.push_back(std::make_unique<SsoCredentials>(parts, profile_));
    list.push_back(
        std::make_unique<ProfileCredentials>(profile_, ProfileCredentials::File::credentials));
    list.push_back(std::make_unique<ProcessCredentials>(parts.env, profile_, parts.clock));
    list.push_back(
        std::make_unique<ProfileCredentials>(profile_, ProfileCredentials::File::config));
    chain_ = std::make_unique<ChainCredentials>(std::move(list));
  }

  core::Result<Credentials> get() override { return chain_->get(); }
  void forget() override { chain_->forget(); }

 private:
  Profile profile_;
  std::unique_ptr<ChainCredentials> chain_;
};

class InstanceSource final : public CredentialsProvider {
 public:
  explicit InstanceSource(const SourceParts& parts)
      : imds_(parts.env, parts.client, parts.clock), credentials_(imds_, parts.clock) {}

  core::Result<Credentials> get() override { return credentials_.get(); }

 private:
  Imds imds_;
  InstanceCredentials credentials_;
};

core::Result<Source> named_source(const SourceParts& parts, std::string_view said_by,
                                  std::string_view name) {
  if (name == "Environment") return std::make_unique<EnvironmentCredentials>(parts.env);
  if (name == "Ec2InstanceMetadata") return std::make_unique<InstanceSource>(parts);
  if (name == "EcsContainer")
    return std::make_unique<ContainerCredentials>(parts.env, parts.client);
  return core::fail(Code::invalid_argument,
                    fmt::format("{}: credential_source: expected Environment, Ec2InstanceMetadata "
                                "or EcsContainer, not '{}'",
                                said_by, name));
}

core::Result<sts::AssumeRole> role_of(const Profile& profile, const std::string& said_by) {
  if (!profile.get("mfa_serial").empty()) {
    return core::fail(
        Code::unauthenticated,
        fmt::format("{0} wants an MFA code, which spawn does not ask for: run `eval \"$(aws "
                    "configure export-credentials --profile {1} --format env)\"` first",
                    said_by, profile.name));
  }
  sts::AssumeRole role;
  role.role_arn = profile.get("role_arn");
  role.session_name = profile.get("role_session_name");
  role.external_id = profile.get("external_id");
  if (const std::string_view text = profile.get("duration_seconds"); !text.empty()) {
    role.duration_seconds = core::parse_int(text);
    if (!role.duration_seconds) {
      return core::fail(Code::invalid_argument,
                        fmt::format("{}: duration_seconds: expected a number of seconds, not '{}'",
                                    said_by, text));
    }
  }
  return role;
}

core::Result<Source> role_source(const SourceParts& parts, const Profile& profile,
                                 std::vector<std::string>& visited);

core::Result<Source> profile_source(const SourceParts& parts, const Profile& user,
                                    const std::string& said_by, const std::string& name,
                                    std::vector<std::string>& visited) {
  auto profile = parts.files.find(name);
  if (!profile) {
    return core::fail(Code::invalid_argument,
                      fmt::format("{}: there is no profile '{}', which it names as source_profile",
                                  said_by, name));
  }
  // A profile may name itself, for the keys that stand beside the role.
  const bool itself_with_keys = name == user.name && has_keys(*profile);
  if (std::ranges::find(visited, name) != visited.end() && !itself_with_keys) {
    return core::fail(Code::invalid_argument,
                      fmt::format("{}: its source_profile leads back to profile '{}': one of the "
                                  "profiles on the way must have keys",
                                  said_by, name));
  }
  visited.push_back(name);
  if (has_role(*profile) && !has_keys(*profile)) return role_source(parts, *profile, visited);
  return std::make_unique<ProfileSources>(parts, std::move(*profile));
}

core::Result<Source> role_source(const SourceParts& parts, const Profile& profile,
                                 std::vector<std::string>& visited) {
  const std::string said_by = fmt::format("role of profile '{}'", profile.name);
  const std::string other(profile.get("source_profile"));
  const std::string_view named = profile.get("credential_source");
  if (other.empty() == named.empty()) {
    return core::fail(Code::invalid_argument,
                      said_by + (other.empty() ? ": neither" : ": both") +
                          " source_profile and credential_source say whose credentials to assume "
                          "it with: expected one of them");
  }
  auto role = role_of(profile, said_by);
  if (!role) return core::fail(std::move(role.error()));
  auto source = named.empty() ? profile_source(parts, profile, said_by, other, visited)
                              : named_source(parts, said_by, named);
  if (!source) return source;
  return std::make_unique<RoleCredentials>(parts, said_by, std::move(*role), std::move(*source));
}

}  // namespace

core::Result<Credentials> AssumedRoleCredentials::get() {
  if (!has_role(parts_.profile)) return core::fail(Code::not_found, {});  // not worth a word
  if (role_ == nullptr) {
    std::vector<std::string> visited = {parts_.profile.name};
    auto role = role_source(parts_, parts_.profile, visited);
    if (!role) return core::fail(std::move(role.error()));
    role_ = std::move(*role);
  }
  return role_->get();
}

void AssumedRoleCredentials::forget() { role_.reset(); }

}  // namespace spawn::aws
