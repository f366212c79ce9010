// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks one source after the other. The first that has credentials, or that fails in earnest, ends
// it; when none has any, the error names each with its reason.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/credentials.h"

namespace spawn::aws {

class ChainCredentials final : public CredentialsProvider {
 public:
  explicit ChainCredentials(std::vector<std::unique_ptr<CredentialsProvider>> sources)
      : sources_(std::move(sources)) {}

  core::Result<Credentials> get() override;
  void forget() override;

 private:
  std::vector<std::unique_ptr<CredentialsProvider>> sources_;
};

}  // namespace spawn::aws
