// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/loopback_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "core/loopback.h"

namespace spawn::http {
namespace {

class LoopbackServerTest : public ::testing::Test {
 protected:
  void start(LoopbackServer::Limits limits = {}) {
    auto bound = core::bind_to_loopback(core::Transport::tcp, 0);
    ASSERT_TRUE(bound) << bound.error().message;
    port_ = bound->port;
    auto server = LoopbackServer::listen(
        std::move(bound->fd), limits, [this](std::uint16_t) { return admits_; },
        [this](ReceivedRequest& request) {
          bodies_.push_back(request.body);
          Reply reply;
          reply.status = 200;
          reply.body = answer_.empty() ? request.body : answer_;
          return reply;
        });
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  core::Fd connect() const {
    core::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    return fd;
  }
  // What can be done at once is done.
  void work() {
    for (;;) {
      std::vector<pollfd> watched;
      server_->watch(watched);
      if (poll(watched.data(), watched.size(), 0) <= 0) return;
      server_->work(watched);
    }
  }
  static std::string post(const std::string& body, const std::string& headers = "") {
    return "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
           "\r\n" + body;
  }
  void say(const core::Fd& fd, const std::string& text) {
    ASSERT_EQ(send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
    work();
  }
  // What has come; the connection's end reads as "<end>".
  static std::string heard(const core::Fd& fd) {
    std::string all;
    char piece[65536];
    for (;;) {
      const ssize_t size = recv(fd.get(), piece, sizeof piece, MSG_DONTWAIT);
      if (size == 0) return all + "<end>";
      if (size < 0) return all;
      all.append(piece, static_cast<std::size_t>(size));
    }
  }

  bool admits_ = true;
  std::string answer_;
  std::vector<std::string> bodies_;
  std::uint16_t port_ = 0;
  std::unique_ptr<LoopbackServer> server_;
};

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";

TEST_F(LoopbackServerTest, answers_many_requests_on_many_connections) {
  start();
  const core::Fd one = connect();
  const core::Fd two = connect();
  say(one, post("a"));
  say(two, post("b") + post("c"));
  say(one, post("d"));
  EXPECT_EQ(heard(one), std::string(kOk) + "a" + kOk + "d");
  EXPECT_EQ(heard(two), std::string(kOk) + "b" + kOk + "c");
}

TEST_F(LoopbackServerTest, somebody_who_stops_in_the_middle_holds_up_nobody) {
  start();
  const core::Fd slow = connect();
  const core::Fd quick = connect();
  say(slow, post("abc").substr(0, 10));
  say(quick, post("b"));
  EXPECT_EQ(heard(quick), std::string(kOk) + "b");
  say(slow, post("abc").substr(10));
  EXPECT_NE(heard(slow).find("abc"), std::string::npos);
}

TEST_F(LoopbackServerTest, lets_on_who_waits_for_that) {
  start();
  const core::Fd fd = connect();
  say(fd,
      post("a", "Expect: 100-continue\r\n").substr(0, post("", "Expect: 100-continue\r\n").size()));
  EXPECT_EQ(heard(fd), "HTTP/1.1 100 Continue\r\n\r\n");
  say(fd, "a");
  EXPECT_EQ(heard(fd), std::string(kOk) + "a");
}

TEST_F(LoopbackServerTest, says_goodbye_when_it_refuses_and_hears_no_more) {
  start({.body_bytes = 10});
  const core::Fd fd = connect();
  say(fd, post(std::string(11, 'x')));
  say(fd, post("a"));
  const std::string reply = heard(fd);
  EXPECT_EQ(reply.rfind("HTTP/1.1 413", 0), 0U) << reply;
  EXPECT_NE(reply.find("Connection: close"), std::string::npos);
  EXPECT_NE(reply.find("<end>"), std::string::npos);
  EXPECT_TRUE(bodies_.empty());
  EXPECT_EQ(server_->refused(), 1U);
}

TEST_F(LoopbackServerTest, keeps_no_more_bytes_than_it_may_and_is_free_again_after) {
  start({.body_bytes = 100'000, .all_bytes = 100'000});
  const std::string large = post(std::string(90'000, 'x'));
  const core::Fd one = connect();
  const core::Fd two = connect();
  say(one, large.substr(0, 60'000));
  say(two, large.substr(0, 60'000));
  EXPECT_EQ(heard(two).rfind("HTTP/1.1 503", 0), 0U);
  say(one, large.substr(60'000));
  EXPECT_EQ(heard(one).rfind("HTTP/1.1 200", 0), 0U);
  const core::Fd three = connect();
  say(three, large);
  EXPECT_EQ(heard(three).rfind("HTTP/1.1 200", 0), 0U);
}

TEST_F(LoopbackServerTest, the_connection_that_was_silent_longest_goes_for_a_new_one) {
  start({.connections = 2});
  const core::Fd one = connect();
  const core::Fd two = connect();
  say(one, post("a"));
  say(two, post("b"));
  say(one, post("c"));
  const core::Fd three = connect();
  say(three, post("d"));
  EXPECT_EQ(heard(two), std::string(kOk) + "b<end>");
  EXPECT_EQ(heard(one), std::string(kOk) + "a" + kOk + "c");
  EXPECT_EQ(heard(three), std::string(kOk) + "d");
}

TEST_F(LoopbackServerTest, takes_nothing_from_who_may_not_connect) {
  start();
  admits_ = false;
  const core::Fd fd = connect();
  say(fd, post("a"));
  EXPECT_EQ(heard(fd).rfind("HTTP/1.1 403", 0), 0U);
  EXPECT_TRUE(bodies_.empty());
}

TEST_F(LoopbackServerTest, waits_with_an_answer_until_it_is_read) {
  start();
  answer_ = std::string(8U << 20, 'y');
  const core::Fd fd = connect();
  say(fd, post("a"));
  std::string reply;
  while (reply.size() < answer_.size()) {
    reply += heard(fd);
    work();
  }
  EXPECT_EQ(reply.size(), reply.find("\r\n\r\n") + 4 + answer_.size());
}

}  // namespace
}  // namespace spawn::http
