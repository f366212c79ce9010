// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Signs what passes, each attempt anew. Two failures it heals by itself, once a call and at once: a
// clock of ours that is more than four minutes off (the server's Date tells; the difference is kept
// for that host), and credentials that AWS says have expired (asked for anew).
#pragma once

#include <map>
#include <string>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/sigv4.h"
#include "core/clock.h"

namespace spawn::aws {

class SigningCaller final : public Caller {
 public:
  SigningCaller(Caller& inner, CredentialsProvider& credentials, core::Clock& clock)
      : inner_(inner), credentials_(credentials), clock_(clock) {}

  Outcome call(const Call& call) override;

 private:
  Outcome sign_and_send(const Call& call, const Credentials& credentials);
  [[nodiscard]] core::Nanos clock_offset(const std::string& host) const;

  Caller& inner_;
  CredentialsProvider& credentials_;
  core::Clock& clock_;
  sigv4::KeyCache keys_;
  std::map<std::string, core::Nanos> clock_offsets_;  // by host: server's time minus ours
};

}  // namespace spawn::aws
