// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One Client-Side Monitoring datagram of an AWS SDK, parsed by a whitelist. Datagrams carry access
// keys and session tokens in clear; they have no place in CsmEvent, so they can be neither stored
// nor logged nor forwarded. Hostile input is refused (size 16 KiB, depth, types), never trusted.
// Error messages may quote secrets too (a SignatureDoesNotMatch recites the signed headers); they
// are scrubbed (scrub.h). Wire format: the SDKs' own sources, botocore/monitoring.py first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace spawn::intake {

inline constexpr std::size_t kMaxDatagramBytes = 16 * 1024;

struct CsmEvent {
  enum class Type { call, attempt } type = Type::call;
  std::string client_id;
  std::string service;  // serviceId: "S3"
  std::string api;      // operation: "PutObject"
  std::string region;
  std::string user_agent;
  std::int64_t timestamp_ms = 0;  // start, epoch
  std::int64_t latency_ms = 0;    // so small that start + latency in ns cannot overflow
  [[nodiscard]] std::int64_t end_ms() const { return timestamp_ms + latency_ms; }
  // attempts
  std::string host;  // Fqdn, may be host:port
  std::string request_id;
  std::string extended_request_id;
  std::string destination_ip;
  std::optional<std::int64_t> dns_ms, connect_ms, tls_ms;
  // calls
  std::optional<std::int64_t> attempt_count;
  // both
  std::optional<int> http_status;
  std::string exception;  // AWS code or SDK exception class; "" when all was well
  std::string exception_message;
  bool sdk_exception = false;  // no answer came
};

// Code::invalid_argument when it is no event: the message says why and quotes nothing of the
// datagram.
core::Result<CsmEvent> parse_csm_event(std::string_view datagram);

}  // namespace spawn::intake
