// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/curl_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "testing/fakes.h"
#include "testing/loopback_server.h"

namespace spawn::http {
namespace {

using namespace std::chrono_literals;

Reply answer(int status, std::string body = {}, Headers headers = {}) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.headers = std::move(headers);
  return reply;
}

class CurlClientTest : public ::testing::Test {
 protected:
  Reply handle(const Request& request) {
    const std::lock_guard lock(mutex_);
    seen_ = request;
    return next_;
  }

  testing::FakeEnv env_;
  std::mutex mutex_;
  Request seen_;
  Reply next_ = answer(200, "hello");
  testing::LoopbackServer server_{[this](const Request& r) { return handle(r); }};
  CurlClient client_{env_};

  [[nodiscard]] Request to(const std::string& target) const {
    Request request;
    request.url = server_.url() + target;
    return request;
  }
};

TEST_F(CurlClientTest, returns_status_headers_body_and_peer) {
  next_ = answer(418, "short and stout", {{"X-Pot", "tea"}, {"Content-Type", "text/plain"}});
  const auto reply = client_.send(to("/pot"));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 418);
  EXPECT_EQ(reply->body, "short and stout");
  EXPECT_EQ(header(reply->headers, "x-pot"), "tea");
  EXPECT_EQ(reply->peer_address, "127.0.0.1");
}

TEST_F(CurlClientTest, sends_method_target_headers_and_body_as_given) {
  Request request = to("/a/../b//c%2F?x=%20&y");
  request.method = "PUT";
  request.body = std::string("one\0two", 7);
  request.headers = {{"X-Some", "some"}};
  ASSERT_TRUE(client_.send(request));
  EXPECT_EQ(seen_.method, "PUT");
  EXPECT_EQ(seen_.url, request.url);
  EXPECT_EQ(seen_.body, request.body);
  EXPECT_EQ(header(seen_.headers, "x-some"), "some");
  EXPECT_EQ(header(seen_.headers, "content-length"), "7");
}

TEST_F(CurlClientTest, adds_neither_expect_nor_a_content_type_of_its_own) {
  Request request = to("/");
  request.method = "POST";
  request.body = std::string(2U << 20, 'x');
  ASSERT_TRUE(client_.send(request));
  EXPECT_EQ(header(seen_.headers, "expect"), "");
  EXPECT_EQ(header(seen_.headers, "content-type"), "");
  EXPECT_EQ(seen_.body.size(), request.body.size());
}

TEST_F(CurlClientTest, sends_an_empty_post_with_its_length) {
  Request request = to("/");
  request.method = "POST";
  ASSERT_TRUE(client_.send(request));
  EXPECT_EQ(header(seen_.headers, "content-length"), "0");
}

TEST_F(CurlClientTest, reads_no_body_of_a_head_reply) {
  Request request = to("/");
  request.method = "HEAD";
  const auto reply = client_.send(request);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(seen_.method, "HEAD");
  EXPECT_EQ(reply->body, "");
}

TEST_F(CurlClientTest, follows_no_redirect) {
  next_ = answer(302, {}, {{"Location", server_.url() + "/elsewhere"}});
  const auto reply = client_.send(to("/here"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(seen_.url, server_.url() + "/here");
}

TEST_F(CurlClientTest, keeps_the_connection_and_says_so) {
  const auto first = client_.send(to("/"));
  const auto second = client_.send(to("/"));
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->timings.reused_connection);
  EXPECT_GT(first->timings.connect, 0ns);
  EXPECT_TRUE(second->timings.reused_connection);
  EXPECT_EQ(second->timings.connect, 0ns);
  EXPECT_GT(second->timings.first_byte, 0ns);
  EXPECT_GE(second->timings.total, second->timings.first_byte);
}

TEST_F(CurlClientTest, keeps_nothing_of_one_request_for_the_next) {
  Request post = to("/");
  post.method = "POST";
  post.body = "data";
  post.headers = {{"X-Once", "1"}};
  ASSERT_TRUE(client_.send(post));
  ASSERT_TRUE(client_.send(to("/")));
  EXPECT_EQ(seen_.method, "GET");
  EXPECT_EQ(seen_.body, "");
  EXPECT_EQ(header(seen_.headers, "x-once"), "");
}

TEST_F(CurlClientTest, names_host_and_reason_but_no_query_when_refused) {
  server_.close();
  const auto reply = client_.send(to("/path?secret=1"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::unavailable);
  EXPECT_EQ(reply.error().message, server_.url() + ": connection refused");
}

TEST_F(CurlClientTest, gives_up_at_its_timeout_when_no_answer_comes) {
  next_ = answer(0);
  Request request = to("/?secret=1");
  request.total_timeout = 30ms;
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::timeout);
  EXPECT_EQ(reply.error().message, server_.url() + ": no whole reply within 30 ms");
}

TEST_F(CurlClientTest, takes_no_time_left_as_the_shortest_timeout_and_not_as_none) {
  next_ = answer(0);
  Request request = to("/");
  request.total_timeout = 0ns;
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::timeout);
}

TEST_F(CurlClientTest, refuses_a_reply_that_is_too_large) {
  next_ = answer(200, std::string(1001, 'x'));
  Request request = to("/");
  request.max_reply_bytes = 1000;
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::protocol);
  EXPECT_EQ(reply.error().message, server_.url() + ": the reply is larger than 1000 bytes");
  request.max_reply_bytes = 1001;
  EXPECT_TRUE(client_.send(request));
}

TEST_F(CurlClientTest, says_that_a_name_was_not_found) {
  // A label may have 63 characters: the resolver refuses this one without asking anybody.
  const std::string host(64, 'a');
  Request request;
  request.url = "http://" + host + "/";
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::unavailable);
  EXPECT_EQ(reply.error().message,
            "http://" + host + ": the host name was not found: check its spelling, and DNS");
}

TEST_F(CurlClientTest, says_that_the_other_side_does_not_speak_tls) {
  Request request;
  request.url = "https://127.0.0.1:" + std::to_string(server_.port()) + "/";
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::protocol);
}

TEST_F(CurlClientTest, names_the_variable_when_the_ca_bundle_cannot_be_read) {
  env_.set("AWS_CA_BUNDLE", "/no/such/file.pem");
  Request request;
  request.url = "https://127.0.0.1:" + std::to_string(server_.port()) + "/";
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message.find("AWS_CA_BUNDLE"), std::string::npos);
}

TEST_F(CurlClientTest, refuses_schemes_and_headers_that_must_not_be_sent) {
  Request file;
  file.url = "file:///etc/passwd";
  const auto reply = client_.send(file);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::invalid_argument);

  Request injected = to("/");
  injected.headers = {{"X-A", "1\r\nX-B: 2"}};
  const auto second = client_.send(injected);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, core::Code::invalid_argument);
  EXPECT_EQ(seen_.url, "");
}

TEST_F(CurlClientTest, sends_a_body_from_a_source_with_its_length) {
  const std::string large(3U << 20, 'x');
  MemorySource source(large);
  Request request = to("/");
  request.method = "PUT";
  request.body_source = &source;
  for (int i = 0; i < 2; ++i) {  // rewound by the client
    const auto reply = client_.send(request);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(seen_.method, "PUT");
    EXPECT_EQ(seen_.body, large);
    EXPECT_EQ(header(seen_.headers, "content-length"), std::to_string(large.size()));
    EXPECT_EQ(header(seen_.headers, "transfer-encoding"), "");
    EXPECT_EQ(header(seen_.headers, "content-type"), "");
    EXPECT_EQ(header(seen_.headers, "expect"), "");
  }
  MemorySource nothing("");
  request.body_source = &nothing;
  ASSERT_TRUE(client_.send(request));
  EXPECT_EQ(header(seen_.headers, "content-length"), "0");
}

TEST_F(CurlClientTest, writes_a_good_body_to_its_sink_and_a_bad_one_to_the_reply) {
  next_ = answer(200, std::string(2U << 20, 'y'));
  MemorySink sink;
  Request request = to("/");
  request.body_sink = &sink;
  request.max_reply_bytes = 100;  // of the sink is not our business
  const auto good = client_.send(request);
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(good->body, "");
  EXPECT_EQ(sink.text(), next_.body);

  next_ = answer(404, "no such thing");
  MemorySink untouched;
  request.body_sink = &untouched;
  const auto bad = client_.send(request);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->body, "no such thing");
  EXPECT_EQ(untouched.text(), "");
}

TEST_F(CurlClientTest, ends_with_the_error_of_the_sink) {
  next_ = answer(200, "12345");
  MemorySink sink(4);
  Request request = to("/");
  request.body_sink = &sink;
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::protocol);
  EXPECT_EQ(reply.error().message, server_.url() + ": the reply is larger than 4 bytes");
}

class BrokenSource final : public BodySource {
 public:
  explicit BrokenSource(bool fails) : fails_(fails) {}
  [[nodiscard]] std::uint64_t size() const override { return 100; }
  void rewind() override {}
  core::Result<std::size_t> read(std::span<char>) override {
    if (fails_) return core::fail(core::Code::io, "/some/file: input/output error");
    return 0;
  }

 private:
  bool fails_;
};

TEST_F(CurlClientTest, ends_with_the_error_of_the_source) {
  BrokenSource failing(true);
  Request request = to("/");
  request.method = "PUT";
  request.body_source = &failing;
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::io);
  EXPECT_EQ(reply.error().message, server_.url() + ": /some/file: input/output error");

  BrokenSource too_short(false);
  request.body_source = &too_short;
  const auto second = client_.send(request);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, core::Code::io);
}

// A server below HTTP: `serve` accepts and answers on its own thread.
class RawServer {
 public:
  explicit RawServer(std::function<void(int listener)> serve) {
    listener_ = core::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    SPAWN_CHECK(::bind(listener_.get(), any, size) == 0 && ::listen(listener_.get(), 1) == 0);
    SPAWN_CHECK(::getsockname(listener_.get(), any, &size) == 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this, serve = std::move(serve)] { serve(listener_.get()); });
  }
  ~RawServer() { thread_.join(); }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  std::string url_;
  core::Fd listener_;
  std::thread thread_;
};

core::Fd accept_one(int listener) { return core::Fd(::accept(listener, nullptr, nullptr)); }
// All that comes until there are `size` bytes.
std::string receive(const core::Fd& peer, std::size_t size) {
  std::string got(size, 0);
  got.resize(static_cast<std::size_t>(
      std::max<ssize_t>(0, ::recv(peer.get(), got.data(), size, MSG_WAITALL))));
  return got;
}
void say(const core::Fd& peer, std::string_view text) {
  SPAWN_CHECK(::send(peer.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0);
}

TEST_F(CurlClientTest, sends_a_source_from_its_beginning_when_a_kept_connection_was_dead) {
  constexpr std::string_view kNoContent = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  std::string arrived;
  const std::string body = std::string(100, 'a') + "z";
  {
    const RawServer server([&](int listener) {
      {
        const core::Fd first = accept_one(listener);
        while (!arrived.ends_with("\r\n\r\n")) arrived += receive(first, 1);
        say(first, kNoContent);
        receive(first, 100);  // of the second request; then the connection is gone
      }
      const core::Fd second = accept_one(listener);
      arrived.clear();
      while (!arrived.ends_with("z")) arrived += receive(second, 1);
      say(second, kNoContent);
    });
    Request request;
    request.url = server.url() + "/";
    ASSERT_TRUE(client_.send(request));
    MemorySource source(body);
    request.method = "PUT";
    request.body_source = &source;
    const auto reply = client_.send(request);
    ASSERT_TRUE(reply) << reply.error().message;
  }
  EXPECT_EQ(arrived.substr(arrived.find("\r\n\r\n") + 4), body);
}

TEST_F(CurlClientTest, tells_that_a_body_broke_off) {
  const RawServer server([](int listener) {
    const core::Fd peer = accept_one(listener);
    std::string request;
    while (!request.ends_with("\r\n\r\n")) request += receive(peer, 1);
    say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  MemorySink sink;
  Request request;
  request.url = server.url();
  request.body_sink = &sink;
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::unavailable);
  EXPECT_EQ(reply.error().message, server.url() + ": the connection broke before a whole reply");
  EXPECT_EQ(sink.text(), "abc");
}

TEST_F(CurlClientTest, gives_up_on_a_stream_that_stands_still) {
  next_ = answer(0);
  MemorySink sink;
  Request request = to("/");
  request.body_sink = &sink;
  request.stall_timeout = 1s;  // libcurl counts in seconds
  const auto reply = client_.send(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, core::Code::timeout);
  EXPECT_EQ(reply.error().message, server_.url() + ": nothing moved for 1000 ms");
}

TEST_F(CurlClientTest, opens_its_own_connection_in_a_forked_child) {
  ASSERT_TRUE(client_.send(to("/")));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto reply = client_.send(to("/"));
    ::_exit(reply && !reply->timings.reused_connection ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  const auto after = client_.send(to("/"));
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->timings.reused_connection);
}

}  // namespace
}  // namespace spawn::http
