// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// For tests of sources that ask AWS itself: the two shared files in a home of their own, an STS
// that answers from a script, and the whole chain over them.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "aws/credentials.h"
#include "aws/test_support.h"

namespace spawn::aws {

class SourceTest : public ::testing::Test {
 protected:
  void write_config(const std::string& text) { home_.write(".aws/config", text); }
  void write_credentials(const std::string& text) { home_.write(".aws/credentials", text); }
  // The next answer of STS, with these credentials for an hour.
  void answer_sts(const std::string& key_id, const std::string& action = "AssumeRole") {
    http_.answer(200, fmt::format("<{1}Response><{1}Result><Credentials>"
                                  "<AccessKeyId>{0}</AccessKeyId>"
                                  "<SecretAccessKey>secret-{0}</SecretAccessKey>"
                                  "<SessionToken>token-{0}</SessionToken>"
                                  "<Expiration>2026-01-02T04:04:05Z</Expiration>"
                                  "</Credentials></{1}Result></{1}Response>",
                                  key_id, action));
  }

  core::Result<Credentials> get(const std::string& profile = {}) {
    return make_default_credentials(env_, http_, clock_, rng_, profile)->get();
  }
  // The key id, or the error.
  std::string id(const std::string& profile = {}) {
    const auto credentials = get(profile);
    return credentials ? credentials->access_key_id : credentials.error().message;
  }
  [[nodiscard]] std::string signed_by(std::size_t request) const {
    const std::string_view header =
        http::header(http_.requests().at(request).headers, "authorization");
    const auto from = header.find("Credential=");
    if (from == std::string_view::npos) return {};
    return std::string(header.substr(from + 11, header.find('/', from) - from - 11));
  }
  [[nodiscard]] std::string body(std::size_t request) const {
    return std::string(http_.requests().at(request).body.view());
  }

  TemporaryFolder home_;
  testing::FakeEnv env_{
      {"HOME", home_.path()}, {"AWS_REGION", "eu-west-1"}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
};

}  // namespace spawn::aws
