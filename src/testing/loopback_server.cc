// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/loopback_server.h"

#include <httplib.h>

#include <future>
#include <string_view>
#include <thread>
#include <utility>

#include "core/result.h"
#include "core/text.h"

namespace spawn::testing {
namespace {

// Names that httplib adds to what the client sent.
bool is_pseudo_header(std::string_view name) {
  return name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" ||
         name == "LOCAL_PORT";
}

http::Request to_request(const httplib::Request& from, const std::string& base_url) {
  http::Request request;
  request.method = from.method;
  request.url = base_url + from.target;
  for (const auto& [name, value] : from.headers) {
    if (!is_pseudo_header(name)) request.headers.emplace_back(name, value);
  }
  request.body = from.body;
  return request;
}

}  // namespace

struct LoopbackServer::Server {
  httplib::Server http;
  std::uint16_t port = 0;
  std::string url;
  std::promise<void> closing;
  std::shared_future<void> closed{closing.get_future()};
  std::thread thread;

  void serve(const Handler& handler, const httplib::Request& from, httplib::Response& to) {
    const http::Reply reply = handler(to_request(from, url));
    if (reply.status == 0) {
      closed.wait();
      to.status = 503;
      return;
    }
    to.status = reply.status;
    for (const auto& [name, value] : reply.headers) {
      if (!core::iequals(name, "content-length")) to.headers.emplace(name, value);
    }
    to.body = reply.body;
  }
};

LoopbackServer::LoopbackServer(Handler handler, std::uint16_t port)
    : server_(std::make_unique<Server>()) {
  Server& server = *server_;
  const auto serve = [&server, handler = std::move(handler)](const httplib::Request& from,
                                                             httplib::Response& to) {
    server.serve(handler, from, to);
  };
  constexpr const char* kAnyPath = ".*";
  server.http.Get(kAnyPath, serve);  // HEAD as well
  server.http.Post(kAnyPath, serve);
  server.http.Put(kAnyPath, serve);
  server.http.Patch(kAnyPath, serve);
  server.http.Delete(kAnyPath, serve);
  server.http.Options(kAnyPath, serve);
  server.http.set_tcp_nodelay(true);

  if (port == 0) {
    const int bound = server.http.bind_to_any_port("127.0.0.1");
    SPAWN_CHECK(bound > 0);
    server.port = static_cast<std::uint16_t>(bound);
  } else {
    SPAWN_CHECK(server.http.bind_to_port("127.0.0.1", port));
    server.port = port;
  }
  server.url = "http://127.0.0.1:" + std::to_string(server.port);
  server.thread = std::thread([&server] { server.http.listen_after_bind(); });
  // stop() is lost on a server that does not run yet.
  while (!server.http.is_running()) std::this_thread::yield();
}

LoopbackServer::~LoopbackServer() { close(); }

std::uint16_t LoopbackServer::port() const { return server_->port; }

std::string LoopbackServer::url() const { return server_->url; }

void LoopbackServer::close() {
  if (!server_->thread.joinable()) return;
  server_->closing.set_value();
  server_->http.stop();
  server_->thread.join();
}

}  // namespace spawn::testing
