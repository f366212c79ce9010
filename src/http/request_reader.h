// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The server's side of HTTP/1.1 (RFC 9112): bytes, as they arrive on a connection, become requests.
// Strict and bounded, since the bytes may be anybody's: what is not quite HTTP is refused, never
// guessed, and the connection is to be closed after that. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "http/client.h"

namespace spawn::http {

struct ReceivedRequest {
  std::string method;
  std::string target;  // "/v1/traces", as it came
  Headers headers;
  std::string body;
  bool keep_alive = true;
};

class RequestReader {
 public:
  static constexpr std::size_t kMaxHeadBytes = 16 * 1024;

  explicit RequestReader(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  enum class State : std::uint8_t { more, complete, refused };
  // What arrived. After `complete` nothing more is read until next().
  State feed(std::string_view bytes);
  // Forgets the request, and reads on in what came after it.
  State next();

  [[nodiscard]] ReceivedRequest& request() { return request_; }
  // Of `refused`: 400, 413, 417, 431, 501 or 505.
  [[nodiscard]] int refusal() const { return refusal_; }
  // True once for a request whose sender waits for "100 Continue" before it sends the body.
  bool take_continue() { return std::exchange(continue_, false); }
  [[nodiscard]] std::size_t held_bytes() const { return input_.size() + request_.body.size(); }
  // Nothing of a request has arrived.
  [[nodiscard]] bool idle() const { return part_ == Part::head && input_.empty(); }

 private:
  enum class Part : std::uint8_t {
    head,
    body,
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    done,
    broken
  };

  State go_on();
  State refuse(int status);
  State read_head();
  State read_line(std::string_view line);
  State take_body_headers();
  State read_some_body();
  State read_chunk_size();
  State read_chunk_end();
  State read_trailer();
  [[nodiscard]] State state() const;

  std::size_t max_body_bytes_;
  std::string input_;  // not looked at yet
  ReceivedRequest request_;
  std::size_t wanted_ = 0;  // of the body, or of its chunk
  std::size_t trailer_bytes_ = 0;
  Part part_ = Part::head;
  int refusal_ = 0;
  bool continue_ = false;
};

// "HTTP/1.1 200 OK", the headers, Content-Length and the body.
std::string reply_text(const Reply& reply, bool keep_alive);

}  // namespace spawn::http
