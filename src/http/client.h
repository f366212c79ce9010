// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One HTTP request, one reply. The seam under every network call (FakeAws implements it too). The
// transport does not judge: any status that came back is a Reply; an Error means that no whole
// reply came (Code::unavailable: could not connect or the connection broke, Code::timeout,
// Code::protocol: not HTTP, no trusted certificate, larger than allowed; Code::invalid_argument: a
// request that cannot be sent). Its message is one line that names scheme, host and port, never
// path, query or headers. What a source or sink of a streamed body fails with comes back with its
// own code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "http/body.h"

namespace spawn::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// First header of that name, any case; "" when there is none.
std::string_view header(const Headers& headers, std::string_view name);
// Replaces all of that name.
void set_header(Headers& headers, std::string_view name, std::string value);

// Paths of PEM files; "" for none. A server may ask who we are, or be known to nobody but us.
struct TlsFiles {
  std::string authorities;  // instead of those that the system trusts
  std::string certificate;  // ours
  std::string key;          // of our certificate
};

struct Request {
  std::string method = "GET";
  std::string url;  // absolute, encoded
  Headers headers;
  Body body;
  // Instead of `body`; rewound first. Must outlive the call, as the sink.
  BodySource* body_source = nullptr;
  // Takes the body of a 2xx reply; Reply::body is then empty. Of other replies it gets nothing.
  BodySink* body_sink = nullptr;
  core::Nanos connect_timeout = std::chrono::seconds(5);
  core::Nanos total_timeout = std::chrono::seconds(60);
  // Of a streamed body: gives up when no byte moved for so long (in whole seconds).
  core::Nanos stall_timeout = std::chrono::seconds(60);
  std::size_t max_reply_bytes = 64U << 20;  // in memory

  [[nodiscard]] bool streamed() const { return body_source != nullptr || body_sink != nullptr; }
  bool direct = false;  // past any proxy: link-local and loopback services that hand out secrets
  TlsFiles tls;
};

// dns, connect and tls say how long each phase took, and are zero when it did not happen (a reused
// connection has none of them); first_byte and total count from the start of the transfer.
struct Timings {
  core::Nanos dns{0};
  core::Nanos connect{0};
  core::Nanos tls{0};
  core::Nanos first_byte{0};
  core::Nanos total{0};
  bool reused_connection = false;
};

struct Reply {
  int status = 0;
  Headers headers;
  std::string body;
  Timings timings;
  std::string peer_address;  // "127.0.0.1", "" when unknown
};

class Client {
 public:
  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  virtual ~Client() = default;

  virtual core::Result<Reply> send(const Request& request) = 0;
};

}  // namespace spawn::http
