// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/chain.h"

#include "aws/credentials/assumed_role.h"
#include "aws/credentials/cached.h"
#include "aws/credentials/container.h"
#include "aws/credentials/environment.h"
#include "aws/credentials/instance.h"
#include "aws/credentials/parts.h"
#include "aws/credentials/process.h"
#include "aws/credentials/profile.h"
#include "aws/credentials/sso.h"
#include "aws/credentials/web_identity.h"
#include "aws/imds.h"
#include "aws/profile.h"

namespace spawn::aws {
namespace {

// The whole chain with what its sources refer to. The files are read at the first get(), so that a
// program which makes no call never fails on them.
class DefaultCredentials final : public CredentialsProvider {
 public:
  DefaultCredentials(const core::Env& env, http::Client& client, core::Clock& clock, core::Rng& rng,
                     std::string profile_name)
      : parts_{env, client, clock, rng, files_, profile_},
        profile_name_(std::move(profile_name)),
        imds_(env, client, clock) {}

  core::Result<Credentials> get() override {
    if (chain_ == nullptr) {
      auto files = read_shared_files(parts_.env);
      if (!files) return core::fail(std::move(files.error()));
      auto profile = load_profile(*files, parts_.env, profile_name_);
      if (!profile) return core::fail(std::move(profile.error()));
      files_ = std::move(*files);
      profile_ = std::move(*profile);
      chain_ = std::make_unique<ChainCredentials>(sources());
    }
    return chain_->get();
  }

  void forget() override { chain_.reset(); }

 private:
  std::vector<std::unique_ptr<CredentialsProvider>> sources() {
    using Environment = WebIdentityCredentials::Environment;
    using File = ProfileCredentials::File;
    // A profile that is named for this run is meant, whatever the environment holds.
    const bool named = !profile_name_.empty();
    std::vector<std::unique_ptr<CredentialsProvider>> list;
    if (!named) list.push_back(std::make_unique<EnvironmentCredentials>(parts_.env));
    list.push_back(std::make_unique<AssumedRoleCredentials>(parts_));
    list.push_back(std::make_unique<WebIdentityCredentials>(
        parts_, profile_, named ? Environment::ignored : Environment::read));
    list.push_back(std::make_unique<SsoCredentials>(parts_, profile_));
    list.push_back(std::make_unique<RefusedCredentials>(profile_));
    list.push_back(std::make_unique<ProfileCredentials>(profile_, File::credentials));
    list.push_back(std::make_unique<ProcessCredentials>(parts_.env, profile_, parts_.clock));
    list.push_back(std::make_unique<ProfileCredentials>(profile_, File::config));
    list.push_back(std::make_unique<ContainerCredentials>(parts_.env, parts_.client));
    list.push_back(std::make_unique<InstanceCredentials>(imds_, parts_.clock));
    return list;
  }

  SharedFiles files_;
  Profile profile_;
  SourceParts parts_;
  std::string profile_name_;
  Imds imds_;
  std::unique_ptr<ChainCredentials> chain_;
};

class CachedDefaultCredentials final : public CredentialsProvider {
 public:
  CachedDefaultCredentials(const core::Env& env, http::Client& client, core::Clock& clock,
                           core::Rng& rng, std::string profile)
      : source_(env, client, clock, rng, std::move(profile)), cached_(source_, clock) {}

  core::Result<Credentials> get() override { return cached_.get(); }
  void forget() override { cached_.forget(); }

 private:
  DefaultCredentials source_;
  CachedCredentials cached_;
};

}  // namespace

core::Result<Credentials> ChainCredentials::get() {
  std::string reasons;
  for (const auto& source : sources_) {
    auto credentials = source->get();
    if (credentials || credentials.error().code != core::Code::not_found) return credentials;
    if (credentials.error().message.empty()) continue;
    if (!reasons.empty()) reasons += "; ";
    reasons += credentials.error().message;
  }
  return core::fail(core::Code::unauthenticated, "no AWS credentials were found: " + reasons);
}

void ChainCredentials::forget() {
  for (const auto& source : sources_) source->forget();
}

std::unique_ptr<CredentialsProvider> make_default_credentials(const core::Env& env,
                                                              http::Client& client,
                                                              core::Clock& clock, core::Rng& rng,
                                                              std::string profile) {
  return std::make_unique<CachedDefaultCredentials>(env, client, clock, rng, std::move(profile));
}

}  // namespace spawn::aws
