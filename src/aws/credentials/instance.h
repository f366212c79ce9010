// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Credentials of an EC2 instance's role, from the metadata service. "Static stability": once there
// were some, a metadata service that fails or hands out old ones does not stop the program; the
// last ones are used on and asked for again five minutes later (AWS may accept them for longer than
// they say).
#pragma once

#include <optional>

#include "aws/credentials.h"
#include "aws/imds.h"
#include "core/clock.h"

namespace spawn::aws {

class InstanceCredentials final : public CredentialsProvider {
 public:
  InstanceCredentials(Imds& imds, core::Clock& clock) : imds_(imds), clock_(clock) {}

  core::Result<Credentials> get() override;

 private:
  core::Result<Credentials> fetch();
  Credentials prolonged(Credentials credentials);

  Imds& imds_;
  core::Clock& clock_;
  std::optional<Credentials> last_;
};

}  // namespace spawn::aws
