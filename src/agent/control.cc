// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/control.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/text.h"

namespace spawn::agent {
namespace {

using core::Code;
using core::Json;

constexpr std::size_t kMostBytes = 1U << 20;
constexpr timeval kServerPatience{0, 200'000};
constexpr timeval kClientPatience{10, 0};
constexpr std::array kCodes = {Code::invalid_argument, Code::not_found,   Code::permission_denied,
                               Code::unauthenticated,  Code::unavailable, Code::throttled,
                               Code::timeout,          Code::io,          Code::protocol,
                               Code::internal};

core::Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return core::fail(Code::invalid_argument,
                      fmt::format("{}: too long for a socket; at most {} bytes",
                                  core::visible(path), sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

core::Fd stream_socket() { return core::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool connect_to(const core::Fd& socket, const sockaddr_un& address) {
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void set_patience(const core::Fd& socket, const timeval& patience) {
  (void)setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  (void)setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

// Up to the newline that ends a message. Code::timeout and Code::io say why not.
core::Result<std::string> read_line(const core::Fd& socket) {
  std::string text;
  char chunk[4096];
  while (text.empty() || text.back() != '\n') {
    const ssize_t got = recv(socket.get(), chunk, sizeof chunk, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return core::fail(Code::timeout, "no answer in time");
    }
    if (got <= 0) return core::fail(Code::io, "the connection was closed");
    text.append(chunk, static_cast<std::size_t>(got));
    if (text.size() > kMostBytes) return core::fail(Code::io, "too long a message");
  }
  return text;
}

bool write_all(const core::Fd& socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

Json object(Json::Object members) { return Json(std::move(members)); }

std::string text_of(const Answer& answer) {
  if (answer) return object({{"ok", *answer}}).to_text();
  return object({{"error", object({{"code", Json(std::string(to_string(answer.error().code)))},
                                   {"message", Json(core::repair_utf8(answer.error().message))}})}})
      .to_text();
}

Answer answer_in(const std::string& text) {
  const auto reply = Json::parse(text);
  if (!reply) return core::fail(Code::protocol, "the agent's answer is no JSON");
  if (const Json* ok = reply->find("ok")) return *ok;
  const Json* error = reply->find("error");
  if (error == nullptr) return core::fail(Code::protocol, "the agent's answer says nothing");
  for (const Code code : kCodes) {
    if (to_string(code) == error->text_at("code")) {
      return core::fail(code, std::string(error->text_at("message")));
    }
  }
  return core::fail(Code::protocol, std::string(error->text_at("message")));
}

}  // namespace

core::Result<ControlServer> ControlServer::listen(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return core::fail(address.error());
  if (connect_to(stream_socket(), *address)) {
    return core::fail(Code::invalid_argument,
                      fmt::format("{}: another agent runs here", core::visible(path)));
  }
  (void)unlink(path.c_str());
  core::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const mode_t before = umask(0177);  // nobody can come in between bind and a chmod
  const bool bound =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0;
  const int error_number = errno;
  umask(before);
  if (!bound || ::listen(socket.get(), 16) != 0) {
    return core::fail(core::system_error(core::visible(path), bound ? errno : error_number));
  }
  return ControlServer(std::move(socket), path);
}

ControlServer::~ControlServer() {
  if (socket_.valid()) (void)unlink(path_.c_str());
}

void ControlServer::serve(const std::function<Answer(const core::Json& request)>& handle) const {
  const core::Fd peer(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!peer.valid()) return;
  set_patience(peer, kServerPatience);
  const auto line = read_line(peer);
  if (!line) return;
  const auto request = Json::parse(*line);
  const Answer answer = request ? handle(*request) : core::fail(request.error());
  (void)write_all(peer, text_of(answer) + "\n");
}

Answer ask_agent(const std::string& path, const core::Json& request) {
  const auto address = address_of(path);
  if (!address) return core::fail(address.error());
  const core::Fd socket = stream_socket();
  if (!connect_to(socket, *address)) {
    const Code code = errno == EACCES ? Code::permission_denied : Code::unavailable;
    return core::fail(code, core::system_error(core::visible(path), errno).message);
  }
  set_patience(socket, kClientPatience);
  if (!write_all(socket, request.to_text() + "\n")) {
    return core::fail(Code::io, core::visible(path) + ": the agent closed the connection");
  }
  const auto line = read_line(socket);
  if (!line) return core::fail(core::Error(line.error()).while_(core::visible(path)));
  return answer_in(*line);
}

}  // namespace spawn::agent
