// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/chain.h"

#include "aws/credentials/cached.h"
#include "aws/credentials/container.h"
#include "aws/credentials/environment.h"
#include "aws/credentials/instance.h"
#include "aws/credentials/process.h"
#include "aws/credentials/profile.h"
#include "aws/imds.h"
#include "aws/profile.h"

namespace spawn::aws {
namespace {

// The whole chain with what its sources refer to. The files are read at the first get(), so that a
// program which makes no call never fails on them.
class DefaultCredentials final : public CredentialsProvider {
 public:
  DefaultCredentials(const core::Env& env, http::Client& client, core::Clock& clock,
                     std::string profile_name)
      : env_(env),
        client_(client),
        clock_(clock),
        profile_name_(std::move(profile_name)),
        imds_(env, client, clock) {}

  core::Result<Credentials> get() override {
    if (chain_ == nullptr) {
      auto profile = load_profile(env_, profile_name_);
      if (!profile) return core::fail(std::move(profile.error()));
      profile_ = std::move(*profile);
      chain_ = std::make_unique<ChainCredentials>(sources());
    }
    return chain_->get();
  }

  void forget() override { chain_.reset(); }

 private:
  std::vector<std::unique_ptr<CredentialsProvider>> sources() {
    std::vector<std::unique_ptr<CredentialsProvider>> list;
    // A profile that is named for this run is meant, whatever the environment holds.
    if (profile_name_.empty()) list.push_back(std::make_unique<EnvironmentCredentials>(env_));
    list.push_back(std::make_unique<RefusedCredentials>(env_, profile_));
    list.push_back(
        std::make_unique<ProfileCredentials>(profile_, ProfileCredentials::File::credentials));
    list.push_back(std::make_unique<ProcessCredentials>(env_, profile_, clock_));
    list.push_back(
        std::make_unique<ProfileCredentials>(profile_, ProfileCredentials::File::config));
    list.push_back(std::make_unique<ContainerCredentials>(env_, client_));
    list.push_back(std::make_unique<InstanceCredentials>(imds_, clock_));
    return list;
  }

  const core::Env& env_;
  http::Client& client_;
  core::Clock& clock_;
  std::string profile_name_;
  Imds imds_;
  Profile profile_;
  std::unique_ptr<ChainCredentials> chain_;
};

class CachedDefaultCredentials final : public CredentialsProvider {
 public:
  CachedDefaultCredentials(const core::Env& env, http::Client& client, core::Clock& clock,
                           std::string profile)
      : source_(env, client, clock, std::move(profile)), cached_(source_, clock) {}

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
                                                              core::Clock& clock,
                                                              std::string profile) {
  return std::make_unique<CachedDefaultCredentials>(env, client, clock, std::move(profile));
}

}  // namespace spawn::aws
