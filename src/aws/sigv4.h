// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// AWS Signature Version 4: canonical request → string to sign → signing key → signature, by the
// specification's names, then sign() for the header form and presign() for the query form. Pure:
// time comes in, nothing is sent. The only file that knows OpenSSL.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
//
// What a canonical request holds includes the session token: never log one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "core/secret.h"
#include "http/client.h"

namespace spawn::aws::sigv4 {

// What is signed, spelled as it will be sent. `headers` must hold Host.
struct Request {
  std::string method;
  std::string path;
  std::string query;  // without '?'
  http::Headers headers;
  std::string payload_hash;  // sha256_hex(body)
  // S3 alone says no: its keys may hold "//" and "..", and are encoded once instead of twice.
  bool normalize_path = true;
};

struct Scope {
  std::string time;  // "20150830T123600Z"
  std::string region;
  std::string service;

  [[nodiscard]] std::string date() const { return time.substr(0, 8); }
  // "20150830/us-east-1/service/aws4_request"
  [[nodiscard]] std::string credential_scope() const;
};

std::string sha256_hex(std::string_view bytes);
// Of the whole source, piece by piece; leaves it at its end.
core::Result<std::string> sha256_hex(http::BodySource& source);
// Not for signatures: the AWS CLI names the files of its single sign-on cache by it.
std::string sha1_hex(std::string_view bytes);

// "host;x-amz-date": every header but those that proxies change and Authorization itself.
std::string signed_headers(const http::Headers& headers);
std::string canonical_request(const Request& request);
std::string string_to_sign(std::string_view canonical_request, const Scope& scope);
core::Secret signing_key(const core::Secret& secret_access_key, const Scope& scope);
std::string signature(const core::Secret& signing_key, std::string_view string_to_sign);

// Signing keys by date, region, service and secret, so that a call costs one HMAC instead of five.
class KeyCache {
 public:
  const core::Secret& get(const core::Secret& secret_access_key, const Scope& scope);

 private:
  core::Secret secret_access_key_;
  std::string date_;
  std::map<std::string, core::Secret> keys_;  // of that secret and date, by credential scope
};

// Adds X-Amz-Date, X-Amz-Security-Token and Authorization.
void sign(Request& request, const Credentials& credentials, const Scope& scope, KeyCache& keys);

// The whole query of a URL that carries its own permission, for at most seven days.
std::string presign(const Request& request, const Credentials& credentials, const Scope& scope,
                    std::int64_t expires_seconds, KeyCache& keys);

}  // namespace spawn::aws::sigv4
