// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/signature_check.h"

#include <string>
#include <string_view>

#include "aws/sigv4.h"
#include "core/text.h"
#include "core/url.h"

namespace spawn::testing {
namespace {

// "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…" → the part of that name.
std::string_view part_of(std::string_view authorization, std::string_view name) {
  for (std::string_view part :
       core::split(authorization.substr(authorization.find(' ') + 1), ',')) {
    part = core::trim(part);
    if (part.starts_with(name) && part.substr(name.size()).starts_with('=')) {
      return part.substr(name.size() + 1);
    }
  }
  return {};
}

http::Headers only(const http::Headers& headers, std::string_view names, const core::Url& url) {
  http::Headers kept;
  for (const std::string_view name : core::split(names, ';')) {
    std::string value(http::header(headers, name));
    if (value.empty() && name == "host") value = url.authority();
    kept.emplace_back(std::string(name), std::move(value));
  }
  return kept;
}

}  // namespace

bool is_signed_by(const aws::Credentials& credentials, const http::Request& request) {
  namespace sigv4 = aws::sigv4;
  const std::string_view authorization = http::header(request.headers, "Authorization");
  const auto url = core::Url::parse(request.url);
  const auto scope_parts = core::split(part_of(authorization, "Credential"), '/');
  if (!url || scope_parts.size() != 5 || scope_parts[0] != credentials.access_key_id) return false;
  const sigv4::Scope scope{std::string(http::header(request.headers, "X-Amz-Date")),
                           std::string(scope_parts[2]), std::string(scope_parts[3])};
  if (scope.date() != scope_parts[1]) return false;

  const std::string sent_hash(http::header(request.headers, "x-amz-content-sha256"));
  const std::string body_hash = sigv4::sha256_hex(request.body);
  if (sent_hash.size() == body_hash.size() && sent_hash != body_hash) return false;
  const sigv4::Request signed_request{
      request.method,
      url->path,
      url->query,
      only(request.headers, part_of(authorization, "SignedHeaders"), *url),
      sent_hash.empty() ? body_hash : sent_hash,
      scope.service != "s3"};
  const std::string text = sigv4::string_to_sign(sigv4::canonical_request(signed_request), scope);
  const core::Secret key = sigv4::signing_key(credentials.secret_access_key, scope);
  return sigv4::signature(key, text) == part_of(authorization, "Signature");
}

}  // namespace spawn::testing
