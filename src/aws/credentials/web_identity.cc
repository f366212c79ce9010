// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/web_identity.h"

#include "aws/services/sts.h"
#include "aws/stack.h"
#include "core/file.h"
#include "core/text.h"

namespace spawn::aws {

std::string WebIdentityCredentials::setting(const char* variable, std::string_view key) const {
  if (environment_ == Environment::read) {
    if (auto value = parts_.env.get_non_empty(variable)) return std::move(*value);
  }
  return std::string(profile_.get(key));
}

core::Result<Credentials> WebIdentityCredentials::get() {
  using core::Code;
  const std::string path = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
  if (path.empty()) return core::fail(Code::not_found, {});  // not worth a word
  constexpr std::string_view kSource = "web identity";
  sts::AssumeRoleWithWebIdentity request;
  request.role_arn = setting("AWS_ROLE_ARN", "role_arn");
  if (request.role_arn.empty()) {
    return core::fail(Code::unauthenticated,
                      "web identity: a token file is named, but no role: set AWS_ROLE_ARN, or "
                      "role_arn in profile '" +
                          profile_.name + "'");
  }
  auto text = core::read_file(path, 64U << 10);
  if (!text) return core::fail(in_earnest(std::move(text.error()), kSource));
  request.token = core::Secret(std::string(core::trim(*text)));
  request.session_name =
      session_name(setting("AWS_ROLE_SESSION_NAME", "role_session_name"), parts_.clock);

  const auto endpoint = parts_.endpoint(sts::kService);
  if (!endpoint) return core::fail(in_earnest(endpoint.error(), kSource));
  const auto caller = make_unsigned_stack(parts_.client, parts_.clock, parts_.rng);
  auto credentials =
      sts::assume_role_with_web_identity(*caller, *endpoint, request, parts_.deadline());
  if (!credentials) return core::fail(in_earnest(std::move(credentials.error()), kSource));
  credentials->source = kSource;
  return credentials;
}

}  // namespace spawn::aws
