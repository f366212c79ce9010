// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/http_server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>
#include <utility>

#include "core/text.h"

namespace spawn::server {
namespace {

constexpr std::size_t kThreads = 24;
constexpr std::size_t kMaxStreams = 12;  // of events; each has a thread for itself
constexpr std::size_t kMaxPathBytes = 2048;
constexpr const char* kAnyPath = "/.*";

http::Headers headers_of(const httplib::Request& from) {
  http::Headers headers;
  for (const auto& [name, value] : from.headers) headers.emplace_back(name, value);
  return headers;
}

Request to_request(const httplib::Request& from, std::string body) {
  Request request{from.method, from.path, {}, headers_of(from), std::move(body)};
  for (const auto& [name, value] : from.params) request.query.emplace_back(name, value);
  return request;
}

void add_headers(const http::Headers& headers, httplib::Response& to) {
  for (const auto& [name, value] : headers) {
    if (!core::iequals(name, "content-type") && !core::iequals(name, "content-length")) {
      to.headers.emplace(name, value);
    }
  }
}

void send(const http::Reply& reply, httplib::Response& to) {
  to.status = reply.status;
  add_headers(reply.headers, to);
  std::string type(http::header(reply.headers, "Content-Type"));
  if (reply.body.empty() && type.empty()) return;
  if (type.empty()) type = "application/json";
  if (reply.status != 200 || reply.body.empty()) return to.set_content(reply.body, type);
  // The library compresses a body that is set, for whoever takes that, as browsers do: more than a
  // minute of brotli for a trace of 50,000 spans, and nothing is won on one machine. One that is
  // provided goes as it is.
  to.set_content_provider(
      reply.body.size(), type,
      [body = reply.body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        return sink.write(body.data() + offset, length);
      });
}

}  // namespace

struct HttpServer::Server {
  httplib::Server http;
  std::uint16_t port = 0;
  Handler handler;
  std::atomic<bool> closing{false};
  std::atomic<std::size_t> streams{0};
  std::thread thread;

  void serve(const httplib::Request& from, std::string body, httplib::Response& to);
  void read_and_serve(const httplib::Request& from, const httplib::ContentReader& read,
                      httplib::Response& to);
  void stream(Events events, httplib::Response& to);
  void set_up(const Guard& guard);
};

// The library bounds what is sent; what it becomes when it is decompressed is bounded here.
void HttpServer::Server::read_and_serve(const httplib::Request& from,
                                        const httplib::ContentReader& read, httplib::Response& to) {
  std::string body;
  bool too_large = false;
  const bool whole = read([&](const char* data, std::size_t size) {
    too_large = body.size() + size > kMaxBodyBytes;
    if (!too_large) body.append(data, size);
    return !too_large;
  });
  if (whole) return serve(from, std::move(body), to);
  // What is left of it would be taken for the next request.
  to.set_header("Connection", "close");
  if (too_large) to.status = 413;
  if (to.status < 400) to.status = 400;
}

void HttpServer::Server::serve(const httplib::Request& from, std::string body,
                               httplib::Response& to) {
  Answer answer = handler(to_request(from, std::move(body)));
  if (!answer.events) return send(answer.reply, to);
  if (streams >= kMaxStreams) {
    return send(aws_error(503, "ServiceUnavailableException", "too many live views are open"), to);
  }
  to.status = answer.reply.status;
  add_headers(answer.reply.headers, to);
  stream(std::move(answer.events), to);
}

void HttpServer::Server::stream(Events events, httplib::Response& to) {
  ++streams;
  to.set_chunked_content_provider(
      "text/event-stream",
      [this, events = std::move(events)](std::size_t, httplib::DataSink& sink) {
        std::string piece;
        const bool more = !closing && events(piece);
        // A client that went away ends it.
        if (!piece.empty() && !sink.write(piece.data(), piece.size())) return false;
        if (!more || closing) sink.done();
        return sink.is_writable();
      },
      [this](bool) { --streams; });
}

void HttpServer::Server::set_up(const Guard& guard) {
  using Verdict = httplib::Server::HandlerResponse;
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_payload_max_length(kMaxBodyBytes);
  http.set_keep_alive_max_count(1'000'000);
  http.set_read_timeout(10);
  http.set_write_timeout(10);
  http.set_tcp_nodelay(true);
  // A port that somebody listens on is taken; one that was left a moment ago is not.
  http.set_socket_options([](socket_t socket) {
    const int yes = 1;
    (void)setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  httplib::Headers always;
  for (auto& [name, value] : security_headers()) always.emplace(name, value);
  http.set_default_headers(std::move(always));
  http.set_pre_routing_handler([&guard](const httplib::Request& from, httplib::Response& to) {
    if (const auto refused = guard.refuse(from.method, headers_of(from))) {
      send(*refused, to);
      return Verdict::Handled;
    }
    if (from.path.size() > kMaxPathBytes) {
      send(aws_error(414, "InvalidRequestException", "the path is too long"), to);
      return Verdict::Handled;
    }
    return Verdict::Unhandled;
  });
  // What the library itself refuses: too large, not decompressed, no such method.
  http.set_error_handler([](const httplib::Request&, httplib::Response& to) {
    if (!to.body.empty()) return;
    send(aws_error(
             to.status, to.status == 404 ? "UnknownOperationException" : "InvalidRequestException",
             to.status == 413 ? fmt::format("the body is larger than {} MiB", kMaxBodyBytes >> 20)
                              : fmt::format("the request was refused with HTTP {}", to.status)),
         to);
  });
  // HEAD as well.
  http.Get(kAnyPath, [this](const httplib::Request& from, httplib::Response& to) {
    serve(from, from.body, to);
  });
  http.Post(kAnyPath,
            [this](const httplib::Request& from, httplib::Response& to,
                   const httplib::ContentReader& read) { read_and_serve(from, read, to); });
}

core::Result<std::unique_ptr<HttpServer>> HttpServer::listen(std::uint16_t port, const Guard& guard,
                                                             Handler handler) {
  auto server = std::make_unique<Server>();
  server->handler = std::move(handler);
  server->set_up(guard);
  constexpr const char* kAddress = "127.0.0.1";
  if (port == 0) {
    const int bound = server->http.bind_to_any_port(kAddress);
    port = bound > 0 ? static_cast<std::uint16_t>(bound) : 0;
  } else if (!server->http.bind_to_port(kAddress, port)) {
    port = 0;
  }
  if (port == 0) {
    return core::fail(core::Code::unavailable, "the TCP port is taken by another program");
  }
  server->port = port;
  server->thread = std::thread([&http = server->http] { http.listen_after_bind(); });
  // stop() is lost on a server that does not run yet.
  while (!server->http.is_running()) std::this_thread::yield();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(server)));
}

HttpServer::HttpServer(std::unique_ptr<Server> server) : server_(std::move(server)) {}

HttpServer::~HttpServer() { close(); }

std::uint16_t HttpServer::port() const { return server_->port; }

std::string HttpServer::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

void HttpServer::close() {
  if (!server_->thread.joinable()) return;
  server_->closing = true;
  server_->http.stop();
  server_->thread.join();
}

}  // namespace spawn::server
