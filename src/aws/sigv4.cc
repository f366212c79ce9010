// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "core/text.h"

namespace spawn::aws::sigv4 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::int64_t kMaxExpirySeconds = 604800;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(data),
                          data.size(), out.data(), &size);
  SPAWN_CHECK(done != nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

// Found once: EVP_sha256() makes OpenSSL 3 look for it with every digest, some 9,000 instructions.
// https://docs.openssl.org/3.0/man7/crypto/#performance
const EVP_MD* sha256() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  return found != nullptr ? found : EVP_sha256();
}

std::string digest_hex(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  SPAWN_CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr) == 1);
  return core::to_hex({reinterpret_cast<const char*>(out.data()), size});
}

// Proxies add, drop or change these on the way.
bool is_signed(std::string_view lower_name) {
  constexpr std::array<std::string_view, 7> kUnsigned = {
      "authorization", "connection", "expect",         "transfer-encoding",
      "upgrade",       "user-agent", "x-amzn-trace-id"};
  return std::ranges::find(kUnsigned, lower_name) == kUnsigned.end();
}

// "  a   b " → "a b"
std::string collapse_blanks(std::string_view text) {
  std::string out;
  for (const char c : core::trim(text)) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      out += c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

// Lower-case name → values joined by ',', in the order they are sent.
using CanonicalHeaders = std::map<std::string, std::string>;
CanonicalHeaders canonical_headers(const http::Headers& headers) {
  CanonicalHeaders result;
  for (const auto& [name, value] : headers) {
    const std::string lower_name = core::to_lower(name);
    if (!is_signed(lower_name)) continue;
    const auto [at, is_new] = result.try_emplace(lower_name, collapse_blanks(value));
    if (!is_new) at->second += "," + collapse_blanks(value);
  }
  return result;
}

// RFC 3986 5.2.4, and "//" becomes "/".
std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : core::split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
      continue;
    }
    kept.push_back(segment);
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out += '/';
    out += segment;
  }
  const bool is_folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  if (out.empty() || is_folder) out += '/';
  return out;
}

std::string canonical_path(const Request& request) {
  if (request.normalize_path) return core::percent_encode(normalized(request.path), true);
  return core::percent_encode(core::percent_decode(request.path), true);
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const std::string_view part : core::split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    parameters.emplace_back(core::percent_encode(core::percent_decode(part.substr(0, equals))),
                            core::percent_encode(core::percent_decode(value)));
  }
  std::ranges::sort(parameters);
  std::string out;
  for (const auto& [key, value] : parameters) {
    if (!out.empty()) out += '&';
    out += key + "=" + value;
  }
  return out;
}

std::string join_names(const CanonicalHeaders& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

std::string canonical_request_of(const Request& request, const CanonicalHeaders& headers,
                                 std::string_view names) {
  std::string out = request.method + "\n";
  out += canonical_path(request) + "\n";
  out += canonical_query(request.query) + "\n";
  for (const auto& [name, value] : headers) {
    out += name;
    out += ':';
    out += value;
    out += '\n';
  }
  out += '\n';
  out += names;
  out += '\n';
  out += request.payload_hash;
  return out;
}

}  // namespace

std::string Scope::credential_scope() const {
  return date() + "/" + region + "/" + service + "/aws4_request";
}

std::string sha256_hex(std::string_view bytes) { return digest_hex(sha256(), bytes); }

std::string sha1_hex(std::string_view bytes) { return digest_hex(EVP_sha1(), bytes); }

core::Result<std::string> sha256_hex(http::BodySource& source) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  SPAWN_CHECK(context != nullptr && EVP_DigestInit_ex(context.get(), sha256(), nullptr) == 1);
  source.rewind();
  std::array<char, 65536> buffer;
  for (;;) {
    auto got = source.read(buffer);
    if (!got) return core::fail(std::move(got.error()));
    if (*got == 0) break;
    SPAWN_CHECK(EVP_DigestUpdate(context.get(), buffer.data(), *got) == 1);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  SPAWN_CHECK(EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1);
  return core::to_hex({reinterpret_cast<const char*>(out.data()), size});
}

std::string signed_headers(const http::Headers& headers) {
  return join_names(canonical_headers(headers));
}

std::string canonical_request(const Request& request) {
  const auto headers = canonical_headers(request.headers);
  return canonical_request_of(request, headers, join_names(headers));
}

std::string string_to_sign(std::string_view canonical_request, const Scope& scope) {
  std::string out(kAlgorithm);
  out += "\n" + scope.time + "\n" + scope.credential_scope() + "\n";
  out += sha256_hex(canonical_request);
  return out;
}

core::Secret signing_key(const core::Secret& secret_access_key, const Scope& scope) {
  std::string key = hmac_sha256("AWS4" + secret_access_key.reveal(), scope.date());
  key = hmac_sha256(key, scope.region);
  key = hmac_sha256(key, scope.service);
  return core::Secret(hmac_sha256(key, "aws4_request"));
}

std::string signature(const core::Secret& signing_key, std::string_view string_to_sign) {
  return core::to_hex(hmac_sha256(signing_key.reveal(), string_to_sign));
}

const core::Secret& KeyCache::get(const core::Secret& secret_access_key, const Scope& scope) {
  if (secret_access_key != secret_access_key_ || scope.date() != date_) {
    keys_.clear();
    secret_access_key_ = secret_access_key;
    date_ = scope.date();
  }
  const auto [at, is_new] = keys_.try_emplace(scope.credential_scope());
  if (is_new) at->second = signing_key(secret_access_key, scope);
  return at->second;
}

void sign(Request& request, const Credentials& credentials, const Scope& scope, KeyCache& keys) {
  http::set_header(request.headers, "X-Amz-Date", scope.time);
  if (!credentials.session_token.empty()) {
    http::set_header(request.headers, "X-Amz-Security-Token", credentials.session_token.reveal());
  }
  std::string value(kAlgorithm);
  value += " Credential=" + credentials.access_key_id + "/" + scope.credential_scope();
  const CanonicalHeaders headers = canonical_headers(request.headers);
  const std::string names = join_names(headers);
  value += ", SignedHeaders=" + names;
  value += ", Signature=" +
           signature(keys.get(credentials.secret_access_key, scope),
                     string_to_sign(canonical_request_of(request, headers, names), scope));
  http::set_header(request.headers, "Authorization", std::move(value));
}

std::string presign(const Request& request, const Credentials& credentials, const Scope& scope,
                    std::int64_t expires_seconds, KeyCache& keys) {
  SPAWN_CHECK(expires_seconds > 0 && expires_seconds <= kMaxExpirySeconds);
  Request with_query = request;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!with_query.query.empty()) with_query.query += '&';
    with_query.query += std::string(key) + "=" + core::percent_encode(value);
  };
  add("X-Amz-Algorithm", kAlgorithm);
  add("X-Amz-Credential", credentials.access_key_id + "/" + scope.credential_scope());
  add("X-Amz-Date", scope.time);
  add("X-Amz-Expires", std::to_string(expires_seconds));
  if (!credentials.session_token.empty()) {
    add("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  add("X-Amz-SignedHeaders", signed_headers(request.headers));
  const std::string signed_with = signature(keys.get(credentials.secret_access_key, scope),
                                            string_to_sign(canonical_request(with_query), scope));
  add("X-Amz-Signature", signed_with);
  return with_query.query;
}

}  // namespace spawn::aws::sigv4
