// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/signing_caller.h"

#include "aws/errors.h"
#include "aws/timestamp.h"

namespace spawn::aws {

core::Nanos SigningCaller::clock_offset(const std::string& host) const {
  const auto at = clock_offsets_.find(host);
  return at == clock_offsets_.end() ? core::Nanos(0) : at->second;
}

namespace {

core::Result<std::string> payload_hash(const Call& call) {
  if (call.body_source == nullptr) return sigv4::sha256_hex(call.body);
  // What TLS protects on its way need not be read twice.
  if (call.url.scheme == "https") return std::string("UNSIGNED-PAYLOAD");
  return sigv4::sha256_hex(*call.body_source);
}

}  // namespace

Outcome SigningCaller::sign_and_send(const Call& call, const Credentials& credentials) {
  auto hash = payload_hash(call);
  if (!hash) return tl::unexpected(failure_without_reply(call, std::move(hash.error())));
  sigv4::Request request{call.method,  call.url.path,    call.url.query,
                         call.headers, std::move(*hash), call.service->normalize_path};
  http::set_header(request.headers, "Host", call.url.authority());
  if (!call.service->normalize_path) {  // S3 refuses a request without it
    http::set_header(request.headers, "X-Amz-Content-Sha256", request.payload_hash);
  }
  const std::int64_t now = clock_.now().wall_ns + clock_offset(call.url.host).count();
  sigv4::sign(request, credentials,
              {format_amz_date(now), call.region, std::string(call.service->signing_name)}, keys_);
  Call signed_call = call;
  signed_call.headers = std::move(request.headers);
  return inner_.call(signed_call);
}

Outcome SigningCaller::call(const Call& call) {
  auto credentials = credentials_.get();
  if (!credentials) {
    return tl::unexpected(failure_without_reply(call, std::move(credentials.error())));
  }
  Outcome outcome = sign_and_send(call, *credentials);
  if (outcome) return outcome;

  if (may_be_clock_skew(outcome.error()) && outcome.error().clock_offset &&
      clock_offset(call.url.host) != *outcome.error().clock_offset) {
    clock_offsets_[call.url.host] = *outcome.error().clock_offset;
    return sign_and_send(call, *credentials);
  }
  if (is_expired_credentials(outcome.error())) {
    credentials_.forget();
    auto fresh = credentials_.get();
    const bool changed = fresh && (fresh->access_key_id != credentials->access_key_id ||
                                   fresh->session_token != credentials->session_token);
    if (changed) return sign_and_send(call, *fresh);
  }
  return outcome;
}

}  // namespace spawn::aws
