// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/request_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "core/text.h"

namespace spawn::http {
namespace {

constexpr std::size_t kMaxHeaders = 100;
constexpr std::size_t kMaxChunkLine = 256;
constexpr std::string_view kLineEnd = "\r\n";

constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool is_visible(std::string_view text, bool blanks) {
  return std::ranges::all_of(text, [blanks](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 ? byte != 0x7F : blanks && (c == ' ' || c == '\t');
  });
}

std::optional<std::size_t> number(std::string_view digits, int base) {
  std::size_t value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value, base);
  if (error != std::errc() || end != last) return std::nullopt;
  return value;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

}  // namespace

RequestReader::State RequestReader::state() const {
  if (part_ == Part::broken) return State::refused;
  return part_ == Part::done ? State::complete : State::more;
}

RequestReader::State RequestReader::refuse(int status) {
  part_ = Part::broken;
  refusal_ = status;
  request_.keep_alive = false;
  input_.clear();
  return State::refused;
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
  if (part_ == Part::broken) return State::refused;
  input_ += bytes;
  return go_on();
}

RequestReader::State RequestReader::next() {
  request_ = ReceivedRequest();
  part_ = Part::head;
  trailer_bytes_ = 0;
  continue_ = false;
  return go_on();
}

// Part after part, as long as there is enough for one.
RequestReader::State RequestReader::go_on() {
  for (;;) {
    const Part before = part_;
    const std::size_t bytes = input_.size();
    switch (part_) {
      case Part::head:
        read_head();
        break;
      case Part::body:
      case Part::chunk:
        read_some_body();
        break;
      case Part::chunk_size:
        read_chunk_size();
        break;
      case Part::chunk_end:
        read_chunk_end();
        break;
      case Part::trailer:
        read_trailer();
        break;
      case Part::done:
      case Part::broken:
        return state();
    }
    if (part_ == before && input_.size() == bytes) return state();
  }
}

RequestReader::State RequestReader::read_head() {
  // A client may end its last request with one line end too many (RFC 9112, 2.2).
  while (input_.starts_with(kLineEnd)) input_.erase(0, kLineEnd.size());
  const std::size_t end = input_.find("\r\n\r\n");
  if (std::min(end, input_.size()) > kMaxHeadBytes) return refuse(431);
  if (end == std::string::npos) return State::more;
  const std::string head = input_.substr(0, end + kLineEnd.size());
  input_.erase(0, end + 2 * kLineEnd.size());
  std::size_t at = 0;
  while (at < head.size()) {
    const std::size_t line_end = head.find(kLineEnd, at);
    if (read_line(std::string_view(head).substr(at, line_end - at)) == State::refused) {
      return State::refused;
    }
    at = line_end + kLineEnd.size();
  }
  return take_body_headers();
}

// The first one is the request line; the others are headers.
RequestReader::State RequestReader::read_line(std::string_view line) {
  if (request_.method.empty()) {
    const auto parts = core::split(line, ' ');
    if (parts.size() != 3 || !is_token(parts[0]) || !is_visible(parts[1], false) ||
        !parts[1].starts_with('/') || !parts[2].starts_with("HTTP/")) {
      return refuse(400);
    }
    if (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0") return refuse(505);
    request_.method = parts[0];
    request_.target = parts[1];
    request_.keep_alive = parts[2] == "HTTP/1.1";
    return State::more;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return refuse(400);
  const std::string_view value = core::trim(line.substr(colon + 1));
  if (!is_visible(value, true)) return refuse(400);
  if (request_.headers.size() >= kMaxHeaders) return refuse(431);
  request_.headers.emplace_back(line.substr(0, colon), value);
  return State::more;
}

// How long the body is must be said once, in one way (RFC 9112, 6.3).
RequestReader::State RequestReader::take_body_headers() {
  std::optional<std::string_view> length;
  std::optional<std::string_view> coding;
  for (const auto& [name, value] : request_.headers) {
    const bool is_length = core::iequals(name, "Content-Length");
    if (!is_length && !core::iequals(name, "Transfer-Encoding")) continue;
    if (length || coding) return refuse(400);
    (is_length ? length : coding) = value;
  }
  if (core::iequals(header(request_.headers, "Connection"), "close")) request_.keep_alive = false;
  wanted_ = 0;
  part_ = Part::body;
  if (coding) {
    if (!core::iequals(*coding, "chunked")) return refuse(501);
    part_ = Part::chunk_size;
  } else if (length) {
    const auto bytes = number(*length, 10);
    if (!bytes) return refuse(400);
    if (*bytes > max_body_bytes_) return refuse(413);
    wanted_ = *bytes;
  }
  if (const auto expected = header(request_.headers, "Expect"); !expected.empty()) {
    if (!core::iequals(expected, "100-continue")) return refuse(417);
    continue_ = true;
  }
  if (part_ == Part::body && wanted_ == 0) part_ = Part::done;
  return state();
}

RequestReader::State RequestReader::read_some_body() {
  const std::size_t taken = std::min(wanted_, input_.size());
  request_.body.append(input_, 0, taken);
  input_.erase(0, taken);
  wanted_ -= taken;
  if (wanted_ == 0) part_ = part_ == Part::chunk ? Part::chunk_end : Part::done;
  return state();
}

RequestReader::State RequestReader::read_chunk_size() {
  const std::size_t end = input_.find(kLineEnd);
  if (std::min(end, input_.size()) > kMaxChunkLine) return refuse(400);
  if (end == std::string::npos) return State::more;
  const std::string_view line = std::string_view(input_).substr(0, end);
  const auto bytes = number(core::trim(line.substr(0, line.find(';'))), 16);
  if (!bytes) return refuse(400);
  if (*bytes > max_body_bytes_ - request_.body.size()) return refuse(413);
  input_.erase(0, end + kLineEnd.size());
  wanted_ = *bytes;
  part_ = wanted_ == 0 ? Part::trailer : Part::chunk;
  return state();
}

RequestReader::State RequestReader::read_chunk_end() {
  if (input_.size() < kLineEnd.size()) return State::more;
  if (!input_.starts_with(kLineEnd)) return refuse(400);
  input_.erase(0, kLineEnd.size());
  part_ = Part::chunk_size;
  return state();
}

// Lines that nobody needs, up to an empty one.
RequestReader::State RequestReader::read_trailer() {
  const std::size_t end = input_.find(kLineEnd);
  if (trailer_bytes_ + std::min(end, input_.size()) > kMaxHeadBytes) return refuse(431);
  if (end == std::string::npos) return State::more;
  trailer_bytes_ += end;
  input_.erase(0, end + kLineEnd.size());
  if (end == 0) part_ = Part::done;
  return state();
}

std::string reply_text(const Reply& reply, bool keep_alive) {
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  text += reason_of(reply.status);
  text += kLineEnd;
  for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
  text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
  if (!keep_alive) text += "Connection: close\r\n";
  text += kLineEnd;
  text += reply.body;
  return text;
}

}  // namespace spawn::http
