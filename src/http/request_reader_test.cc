// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/request_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

namespace spawn::http {
namespace {

using State = RequestReader::State;

constexpr std::size_t kMaxBody = 100;
constexpr std::string_view kPost = "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\n";

std::string post(std::string_view headers, std::string_view body = "") {
  return std::string(kPost) + std::string(headers) + "\r\n" + std::string(body);
}

// 0 when it is not refused.
int refusal_of(const std::string& text) {
  RequestReader reader(kMaxBody);
  return reader.feed(text) == State::refused ? reader.refusal() : 0;
}

TEST(RequestReader, reads_a_request_that_arrives_byte_by_byte) {
  RequestReader reader(kMaxBody);
  EXPECT_TRUE(reader.idle());
  const std::string text = post("Content-Type: text/plain\r\nContent-Length: 5\r\n", "hello");
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    ASSERT_EQ(reader.feed(text.substr(i, 1)), State::more) << i;
    EXPECT_FALSE(reader.idle());
  }
  ASSERT_EQ(reader.feed("o"), State::complete);
  EXPECT_EQ(reader.request().method, "POST");
  EXPECT_EQ(reader.request().target, "/v1/traces");
  EXPECT_EQ(header(reader.request().headers, "content-type"), "text/plain");
  EXPECT_EQ(reader.request().body, "hello");
  EXPECT_TRUE(reader.request().keep_alive);
}

TEST(RequestReader, puts_chunks_together_and_passes_over_extensions_and_trailers) {
  RequestReader reader(kMaxBody);
  const std::string text = post("Transfer-Encoding: chunked\r\n",
                                "5;a=b\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n");
  for (const char byte : text.substr(0, text.size() - 1)) {
    ASSERT_EQ(reader.feed({&byte, 1}), State::more);
  }
  ASSERT_EQ(reader.feed("\n"), State::complete);
  EXPECT_EQ(reader.request().body, "hello 0123456789");
}

TEST(RequestReader, reads_one_after_the_other) {
  RequestReader reader(kMaxBody);
  const std::string one = post("Content-Length: 1\r\n", "1");
  ASSERT_EQ(reader.feed(one + "\r\n" + post("Content-Length: 1\r\n", "2") + one.substr(0, 9)),
            State::complete);
  EXPECT_EQ(reader.request().body, "1");
  ASSERT_EQ(reader.next(), State::complete);
  EXPECT_EQ(reader.request().body, "2");
  ASSERT_EQ(reader.next(), State::more);
  ASSERT_EQ(reader.feed(one.substr(9)), State::complete);
  EXPECT_EQ(reader.request().body, "1");
  EXPECT_EQ(reader.next(), State::more);
  EXPECT_TRUE(reader.idle());
}

TEST(RequestReader, knows_who_wants_the_connection_closed) {
  const auto keeps_alive = [](const std::string& text) {
    RequestReader reader(kMaxBody);
    EXPECT_EQ(reader.feed(text), State::complete);
    return reader.request().keep_alive;
  };
  EXPECT_TRUE(keeps_alive(post("")));
  EXPECT_FALSE(keeps_alive(post("Connection: Close\r\n")));
  EXPECT_FALSE(keeps_alive("GET / HTTP/1.0\r\n\r\n"));
}

TEST(RequestReader, tells_once_that_the_sender_waits_to_be_let_on) {
  RequestReader reader(kMaxBody);
  ASSERT_EQ(reader.feed(post("Content-Length: 1\r\nExpect: 100-Continue\r\n")), State::more);
  EXPECT_TRUE(reader.take_continue());
  EXPECT_FALSE(reader.take_continue());
  EXPECT_EQ(reader.feed("x"), State::complete);
  EXPECT_EQ(refusal_of(post("Expect: more\r\n")), 417);
}

TEST(RequestReader, refuses_what_is_too_large_before_it_has_it) {
  EXPECT_EQ(refusal_of(post("Content-Length: 100\r\n")), 0);
  EXPECT_EQ(refusal_of(post("Content-Length: 101\r\n")), 413);
  EXPECT_EQ(refusal_of(post("Transfer-Encoding: chunked\r\n", "65\r\n")), 413);
  EXPECT_EQ(refusal_of(post("Transfer-Encoding: chunked\r\n",
                            "64\r\n" + std::string(100, 'x') + "\r\n1\r\n")),
            413);
  EXPECT_EQ(refusal_of(post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n")), 413);
  EXPECT_EQ(refusal_of(post("Transfer-Encoding: chunked\r\n", std::string(300, '0'))), 400);
  EXPECT_EQ(refusal_of(post("X: " + std::string(RequestReader::kMaxHeadBytes, 'x'))), 431);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X: y\r\n";
  EXPECT_EQ(refusal_of(post(many)), 431);
  std::string trailers;
  for (int i = 0; i < 20; ++i) trailers += "X: " + std::string(1000, 'y') + "\r\n";
  EXPECT_EQ(refusal_of(post("Transfer-Encoding: chunked\r\n", "0\r\n" + trailers)), 431);
}

TEST(RequestReader, refuses_what_is_not_quite_http) {
  for (const auto& [text, status] : std::vector<std::pair<std::string, int>>{
           {"\x16\x03\x01\x02\r\n\r\n", 400},  // TLS
           {"POST /\r\n\r\n", 400},
           {"POST  / HTTP/1.1\r\n\r\n", 400},
           {"POST http://a/ HTTP/1.1\r\n\r\n", 400},
           {"POST /\x01 HTTP/1.1\r\n\r\n", 400},
           {"P\"ST / HTTP/1.1\r\n\r\n", 400},
           {"POST / HTTP/2.0\r\n\r\n", 505},
           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},  // gRPC
           {post("no colon\r\n"), 400},
           {post(": no name\r\n"), 400},
           {post("Folded: a\r\n b\r\n"), 400},
           {post("Blank : a\r\n"), 400},
           {post("Bare: a\nb\r\n"), 400},
           {post("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
           {post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
           {post("Content-Length: -1\r\n"), 400},
           {post("Content-Length: 1x\r\n"), 400},
           {post("Content-Length: \r\n"), 400},
           {post("Transfer-Encoding: gzip, chunked\r\n"), 501},
           {post("Transfer-Encoding: chunked\r\n", "x\r\n"), 400},
           {post("Transfer-Encoding: chunked\r\n", "\r\n"), 400},
           {post("Transfer-Encoding: chunked\r\n", "1\r\nabc"), 400}}) {
    EXPECT_EQ(refusal_of(text), status) << text;
  }
}

TEST(RequestReader, reads_nothing_more_once_it_refused) {
  RequestReader reader(kMaxBody);
  ASSERT_EQ(reader.feed("nonsense\r\n\r\n"), State::refused);
  EXPECT_EQ(reader.feed(post("")), State::refused);
  EXPECT_EQ(reader.held_bytes(), 0U);
}

TEST(RequestReader, survives_noise) {
  std::mt19937 random(7);
  const std::string good = post("Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n");
  for (int i = 0; i < 2000; ++i) {
    std::string text = good;
    for (int changes = 0; changes < 3; ++changes) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    RequestReader reader(kMaxBody);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + random() % 20;
      if (reader.feed(std::string_view(text).substr(at, size)) == State::complete) reader.next();
      at += size;
    }
    EXPECT_LE(reader.held_bytes(), text.size());
  }
}

TEST(ReplyText, is_what_http_wants) {
  Reply reply;
  reply.status = 413;
  reply.headers = {{"Content-Type", "text/plain"}};
  reply.body = "no";
  EXPECT_EQ(reply_text(reply, true),
            "HTTP/1.1 413 Content Too Large\r\nContent-Type: text/plain\r\n"
            "Content-Length: 2\r\n\r\nno");
  EXPECT_NE(reply_text(reply, false).find("Connection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace spawn::http
