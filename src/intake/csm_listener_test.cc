// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "telemetry/queue.h"
#include "testing/fakes.h"

namespace spawn::intake {
namespace {

using spawn::testing::FakeClock;
using spawn::testing::FakeRng;
using spawn::testing::OwnedSpan;

struct KeepingQueue final : telemetry::Queue {
  void push(trace::SpanRecord& record) noexcept override { spans.emplace_back(record); }
  std::vector<OwnedSpan> spans;
};

core::Fd connect_to(std::uint16_t port) {
  core::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  return socket;
}

class CsmListenerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto listener = CsmListener::bind(geteuid());
    ASSERT_TRUE(listener) << listener.error().message;
    listener_ = std::move(*listener);
    for (auto& [name, value] : listener_->child_environment()) environment_[name] = value;
    port_ = static_cast<std::uint16_t>(std::stoi(environment_["AWS_CSM_PORT"]));
    sender_ = connect_to(port_);
  }
  void send(std::string_view datagram) {
    ASSERT_EQ(::send(sender_.get(), datagram.data(), datagram.size(), 0),
              static_cast<ssize_t>(datagram.size()));
  }
  [[nodiscard]] std::string token() { return environment_["AWS_CSM_CLIENT_ID"]; }
  static std::string call(const std::string& client_id) {
    return fmt::format(
        R"({{"Version":1,"ClientId":"{}","Type":"ApiCall","Service":"S3","Api":"PutObject",)"
        R"("Timestamp":1767323045000,"AttemptCount":1,"Latency":57,"FinalHttpStatusCode":200}})",
        client_id);
  }
  static std::string attempt(const std::string& client_id) {
    return fmt::format(
        R"({{"Version":1,"ClientId":"{}","Type":"ApiCallAttempt","Service":"S3",)"
        R"("Api":"PutObject","Timestamp":1767323045001,"AttemptLatency":50,"HttpStatusCode":200,)"
        R"("AccessKey":"AKIAIOSFODNN7EXAMPLE","SessionToken":"FwoGZXIvYXdzEXAMPLEtoken",)"
        R"("XAmzRequestId":"REQ1"}})",
        client_id);
  }
  void start() { listener_->start(tracer_, parent_); }
  const IntakeStats& stop() {
    listener_->stop(core::Deadline::never());
    return listener_->stats();
  }

  FakeClock clock_;
  FakeRng rng_;
  KeepingQueue queue_;
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
  trace::SpanContext parent_{{1, 2}, {3}, trace::kSampled, false};
  std::unique_ptr<CsmListener> listener_;
  std::map<std::string, std::string> environment_;
  std::uint16_t port_ = 0;
  core::Fd sender_;
};

TEST_F(CsmListenerTest, tells_the_child_where_to_send_and_under_which_token) {
  EXPECT_EQ(environment_["AWS_CSM_ENABLED"], "true");
  EXPECT_EQ(environment_["AWS_CSM_HOST"], "127.0.0.1");
  EXPECT_EQ(token().size(), 32U);
  const auto other = CsmListener::bind(geteuid());
  ASSERT_TRUE(other);
  EXPECT_NE((*other)->child_environment()[3].second, token());
}

TEST_F(CsmListenerTest, makes_spans_of_what_was_sent_before_it_started_and_before_it_stopped) {
  send(attempt(token()));
  start();
  send(call(token()));
  EXPECT_EQ(stop().accepted, 2U);
  ASSERT_EQ(queue_.spans.size(), 2U);
  EXPECT_EQ(queue_.spans[0].name, "S3.PutObject");
  EXPECT_EQ(queue_.spans[0].parent_id, parent_.span_id);
  EXPECT_EQ(queue_.spans[1].name, "attempt 1");
  EXPECT_EQ(queue_.spans[1].parent_id, queue_.spans[0].span_id);
}

TEST_F(CsmListenerTest, gives_up_waiting_when_it_stops) {
  start();
  send(attempt(token()));
  stop();
  EXPECT_EQ(queue_.spans.size(), 1U);
}

TEST_F(CsmListenerTest, keeps_no_credentials) {
  start();
  send(attempt(token()));
  send(call(token()));
  stop();
  ASSERT_EQ(queue_.spans.size(), 2U);
  for (const OwnedSpan& span : queue_.spans) {
    std::string all = span.name + span.status_message;
    for (const auto& [key, value] : span.attributes) all += key + span.text(key);
    EXPECT_EQ(all.find("AKIAIOSFODNN7EXAMPLE"), std::string::npos);
    EXPECT_EQ(all.find("FwoGZXIv"), std::string::npos);
    EXPECT_EQ(all.find(token()), std::string::npos);
  }
}

TEST_F(CsmListenerTest, counts_datagrams_with_another_token_and_does_nothing_else) {
  start();
  send(call(std::string(32, '0')));
  send(call(""));
  send(call(token() + "0"));
  send(call(token().substr(1)));
  const IntakeStats& stats = stop();
  EXPECT_EQ(stats.wrong_token, 4U);
  EXPECT_EQ(stats.accepted, 0U);
  EXPECT_TRUE(queue_.spans.empty());
}

TEST_F(CsmListenerTest, counts_hostile_datagrams_and_does_nothing_else) {
  const std::string good = call(token());
  std::vector<std::string> hostile = {
      "",
      "{",
      "\xff\xfe",
      std::string(1, '\0'),
      good.substr(0, good.size() - 1),
      good + "x",
      std::string(16'000, '['),
      std::string(kMaxDatagramBytes + 1, ' '),
      std::string(65'000, '{'),
      good + std::string(20'000, ' '),
      R"({"ClientId":[],"Type":{},"Service":1,"Api":null,"Timestamp":-1})",
  };
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string noise(random() % 300, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    hostile.push_back(noise);
  }
  start();
  for (const std::string& datagram : hostile) send(datagram);
  send(good);
  const IntakeStats& stats = stop();
  EXPECT_EQ(stats.malformed, hostile.size());
  EXPECT_EQ(stats.accepted, 1U);
  EXPECT_EQ(queue_.spans.size(), 1U);
}

TEST_F(CsmListenerTest, counts_what_the_kernel_had_no_room_for) {
  std::uint64_t sent = 0;
  const std::string padding(8'000, ' ');
  for (; sent < 4'000; ++sent) send(call(token()) + padding);
  start();
  const IntakeStats& stats = stop();
  EXPECT_GT(stats.lost_by_kernel, 0U);
  EXPECT_EQ(stats.accepted + stats.lost_by_kernel, sent);
}

TEST_F(CsmListenerTest, stops_at_its_deadline_though_somebody_goes_on_sending) {
  std::atomic<bool> stopped = false;
  const std::string datagram = call("wrong") + std::string(8'000, ' ');
  start();
  std::thread flood([&] {
    while (!stopped) (void)::send(sender_.get(), datagram.data(), datagram.size(), 0);
  });
  listener_->stop(core::Deadline::after(clock_, core::Nanos(0)));
  stopped = true;
  flood.join();
  EXPECT_EQ(listener_->stats().accepted, 0U);
}

// Needs a second uid, which only root has; others check the rule in proc_net_test.
TEST_F(CsmListenerTest, counts_datagrams_of_another_user_and_does_nothing_else) {
  constexpr uid_t kNobody = 65534;
  const bool root = geteuid() == 0;
  int sent[2];
  int done[2];
  ASSERT_EQ(pipe(sent), 0);
  ASSERT_EQ(pipe(done), 0);
  const std::string datagram = call(token());
  const pid_t child = fork();
  if (child == 0) {
    close(done[1]);
    if (root && setresuid(kNobody, kNobody, kNobody) != 0) _exit(1);
    const core::Fd socket = connect_to(port_);
    if (::send(socket.get(), datagram.data(), datagram.size(), 0) < 0) _exit(1);
    (void)!write(sent[1], "x", 1);
    char byte;
    (void)!read(done[0], &byte, 1);  // the socket stays open until we were looked at
    _exit(0);
  }
  char byte;
  ASSERT_EQ(read(sent[0], &byte, 1), 1);
  start();
  const IntakeStats& stats = stop();
  close(done[1]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(stats.wrong_uid, root ? 1U : 0U);
  EXPECT_EQ(stats.accepted, root ? 0U : 1U);
  for (const int fd : {sent[0], sent[1], done[0]}) close(fd);
}

}  // namespace
}  // namespace spawn::intake
