// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/intake.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "otlp/gzip.h"
#include "telemetry/queue.h"
#include "testing/fakes.h"

namespace spawn::intake {
namespace {

using spawn::testing::FakeClock;
using spawn::testing::FakeRng;
using spawn::testing::OwnedSpan;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct KeepingQueue final : telemetry::Queue {
  void push(trace::SpanRecord& record) noexcept override { spans.emplace_back(record); }
  std::vector<OwnedSpan> spans;
};

std::string nothing_inherited(std::string_view) { return ""; }

core::Fd connect_to(std::uint16_t port, int type = SOCK_DGRAM) {
  core::Fd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  return socket;
}

class IntakeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto intake = Intake::bind(geteuid());
    ASSERT_TRUE(intake) << intake.error().message;
    intake_ = std::move(*intake);
    for (auto& [name, value] : intake_->child_environment(nothing_inherited))
      environment_[name] = value;
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
  // A document as an X-Ray SDK sends it.
  static std::string segment(const std::string& more = "") {
    return "{\"format\":\"json\",\"version\":1}\n"
           R"({"id":"00000000000000aa","name":"shop","trace_id":"1-65f0a1b2-c3d4e5f60718293a4b5c6d7e",)"
           R"("start_time":1767323045.0,"end_time":1767323045.5)" +
           more + "}";
  }
  static std::string otlp(const std::string& service = "shop") {
    return R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":)"
           R"({"stringValue":")" +
           service +
           R"("}}]},"scopeSpans":[{"spans":[{"traceId":"65f0a1b2c3d4e5f60718293a4b5c6d7e",)"
           R"("spanId":"00000000000000bb","name":"cart","startTimeUnixNano":"1",)"
           R"("endTimeUnixNano":"2"}]}]}]})";
  }
  std::string traces_path() {
    const std::string& endpoint = environment_["OTEL_EXPORTER_OTLP_ENDPOINT"];
    return endpoint.substr(endpoint.find("/spawn/")) + "/v1/traces";
  }
  static std::string post(const std::string& path, const std::string& body,
                          const std::string& headers = "Content-Type: application/json\r\n") {
    return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", path,
                       headers, body.size(), body);
  }
  // The head of the answer and its body, once it is whole.
  static std::string ask(const core::Fd& socket, const std::string& request) {
    EXPECT_EQ(::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::string reply;
    for (;;) {
      char piece[4096];
      const ssize_t size = recv(socket.get(), piece, sizeof piece, 0);
      if (size <= 0) return reply;
      reply.append(piece, static_cast<std::size_t>(size));
      const auto head = reply.find("\r\n\r\n");
      const auto length = reply.find("Content-Length: ");
      if (head == std::string::npos || length == std::string::npos) continue;
      if (reply.size() >= head + 4 + std::stoul(reply.substr(length + 16))) return reply;
    }
  }
  std::string ask(const std::string& request) {
    return ask(connect_to(port_, SOCK_STREAM), request);
  }
  void start() { intake_->start(tracer_, parent_); }
  const IntakeStats& stop() {
    intake_->stop(core::Deadline::never());
    return intake_->stats();
  }

  FakeClock clock_;
  FakeRng rng_;
  KeepingQueue queue_;
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
  trace::SpanContext parent_{{1, 2}, {3}, trace::kSampled, false};
  std::unique_ptr<Intake> intake_;
  std::map<std::string, std::string> environment_;
  std::uint16_t port_ = 0;
  core::Fd sender_;
};

TEST_F(IntakeTest, tells_the_child_where_to_send_and_under_which_token) {
  EXPECT_EQ(environment_["AWS_CSM_ENABLED"], "true");
  EXPECT_EQ(environment_["AWS_CSM_HOST"], "127.0.0.1");
  EXPECT_EQ(token().size(), 32U);
  const auto other = Intake::bind(geteuid());
  ASSERT_TRUE(other);
  EXPECT_NE((*other)->child_environment(nothing_inherited)[3].second, token());
}

TEST_F(IntakeTest, makes_spans_of_what_was_sent_before_it_started_and_before_it_stopped) {
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

TEST_F(IntakeTest, gives_up_waiting_when_it_stops) {
  start();
  send(attempt(token()));
  stop();
  EXPECT_EQ(queue_.spans.size(), 1U);
}

TEST_F(IntakeTest, keeps_no_credentials) {
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

TEST_F(IntakeTest, counts_datagrams_with_another_token_and_does_nothing_else) {
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

TEST_F(IntakeTest, counts_hostile_datagrams_and_does_nothing_else) {
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

TEST_F(IntakeTest, counts_what_the_kernel_had_no_room_for) {
  std::uint64_t sent = 0;
  const std::string padding(8'000, ' ');
  for (; sent < 4'000; ++sent) send(call(token()) + padding);
  start();
  const IntakeStats& stats = stop();
  EXPECT_GT(stats.lost_by_kernel, 0U);
  EXPECT_EQ(stats.accepted + stats.lost_by_kernel, sent);
}

TEST_F(IntakeTest, stops_at_its_deadline_though_somebody_goes_on_sending) {
  std::atomic<bool> stopped = false;
  // Takes longer to read than to send, so that the socket is never empty.
  std::string datagram = "{";
  while (datagram.size() < 16'000) datagram += R"("a":"b",)";
  datagram += R"("c":1})";
  start();
  std::thread flood([&] {
    while (!stopped) (void)::send(sender_.get(), datagram.data(), datagram.size(), 0);
  });
  intake_->stop(core::Deadline::after(clock_, core::Nanos(0)));
  stopped = true;
  flood.join();
  EXPECT_EQ(intake_->stats().accepted, 0U);
}

TEST_F(IntakeTest, makes_spans_of_x_ray_documents) {
  start();
  send(segment(R"(,"subsegments":[{"id":"00000000000000ab","name":"S3","namespace":"aws",)"
               R"("start_time":1767323045.1,"end_time":1767323045.2}])"));
  EXPECT_EQ(stop().accepted, 1U);
  ASSERT_EQ(queue_.spans.size(), 2U);
  EXPECT_EQ(queue_.spans[0].name, "shop");
  EXPECT_EQ(queue_.spans[0].service, "shop");
  EXPECT_EQ(queue_.spans[0].trace_id, parent_.trace_id);
  EXPECT_EQ(queue_.spans[0].parent_id, parent_.span_id);
  EXPECT_EQ(queue_.spans[0].text("spawn.source"), "xray");
  EXPECT_EQ(queue_.spans[1].parent_id, queue_.spans[0].span_id);
  EXPECT_EQ(queue_.spans[1].service, "shop");
}

TEST_F(IntakeTest, counts_documents_it_cannot_use_and_says_why) {
  start();
  for (const std::string& document :
       {std::string("{"), std::string("[]"), std::string(), std::string(60'000, '['),
        std::string(R"({"id":"xyz","trace_id":"1-65f0a1b2-c3d4e5f60718293a4b5c6d7e"})"),
        std::string(R"({"id":"00000000000000aa","start_time":1})"),
        std::string(R"({"id":"00000000000000aa","start_time":"now","trace_id":{}})")}) {
    send("{\"format\":\"json\",\"version\":1}\n" + document);
  }
  send(segment(R"(,"name":5,"http":[],"cause":{"exceptions":7},"subsegments":{"a":1})"));
  send(segment(R"(,"in_progress":true)").replace(segment().find("end_time"), 8, "not_time"));
  const IntakeStats& stats = stop();
  EXPECT_EQ(stats.malformed, 7U);
  EXPECT_EQ(stats.unreadable, 7U);
  EXPECT_EQ(stats.unfinished, 1U);
  EXPECT_EQ(queue_.spans.size(), 1U);
  EXPECT_THAT(losses_line(stats), HasSubstr("7 spans that the command sent could not be read: "));
}

TEST_F(IntakeTest, makes_spans_of_otlp_requests) {
  start();
  const core::Fd socket = connect_to(port_, SOCK_STREAM);
  EXPECT_THAT(ask(socket, post(traces_path(), otlp())), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(ask(socket, post(traces_path(), otlp::gzip(otlp("till")),
                               "Content-Type: application/json\r\nContent-Encoding: gzip\r\n")),
              StartsWith("HTTP/1.1 200 OK"));
  const IntakeStats& stats = stop();
  EXPECT_EQ(stats.accepted, 2U);
  EXPECT_EQ(stats.spans, 2U);
  ASSERT_EQ(queue_.spans.size(), 2U);
  EXPECT_EQ(queue_.spans[0].name, "cart");
  EXPECT_EQ(queue_.spans[0].service, "shop");
  EXPECT_EQ(queue_.spans[0].trace_id, parent_.trace_id);
  EXPECT_EQ(queue_.spans[0].parent_id, parent_.span_id);
  EXPECT_EQ(queue_.spans[1].service, "till");
  EXPECT_EQ(losses_line(stats), "");
}

TEST_F(IntakeTest, takes_what_had_arrived_when_it_stops) {
  const core::Fd before = connect_to(port_, SOCK_STREAM);
  const std::string request = post(traces_path(), otlp());
  ASSERT_EQ(::send(before.get(), request.data(), request.size(), 0),
            static_cast<ssize_t>(request.size()));
  send(segment());
  start();
  EXPECT_EQ(stop().spans, 2U);
}

TEST_F(IntakeTest, refuses_requests_that_are_not_for_this_run_or_cannot_be_read) {
  start();
  std::string wrong = traces_path();
  wrong[10] = wrong[10] == '0' ? '1' : '0';
  const std::string bomb = otlp::gzip(std::string((8U << 20) + 1, ' '));
  const std::string packed = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
  for (const auto& [request, status] : std::vector<std::pair<std::string, std::string>>{
           {post(wrong, otlp()), "403"},
           {post("/spawn/" + token() + "0/v1/traces", otlp()), "404"},
           {post("/spawn/" + token().substr(1) + "/v1/traces", otlp()), "403"},
           {post("/v1/traces", otlp()), "404"},
           {post("/spawn/" + token() + "/v1/metrics", "{}"), "404"},
           {"GET " + traces_path() + " HTTP/1.1\r\n\r\n", "405"},
           {post(traces_path(), otlp(), "Content-Type: text/plain\r\n"), "415"},
           {post(traces_path(), otlp(), packed + "X: y\r\n"), "400"},
           {post(traces_path(), bomb, packed), "413"},
           {post(traces_path(), otlp(), "Content-Encoding: br\r\n"), "415"},
           {post(traces_path(), otlp().substr(0, 100)), "400"},
           {post(traces_path(), std::string(100'000, '[')), "400"},
           {post(traces_path(), "\xff\xff", "Content-Type: application/x-protobuf\r\n"), "400"},
           {"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", "413"},
           {"\x16\x03\x01\r\n\r\n", "400"}}) {
    EXPECT_THAT(ask(request), StartsWith("HTTP/1.1 " + status)) << request.substr(0, 200);
  }
  EXPECT_THAT(ask(post(traces_path(), otlp())), StartsWith("HTTP/1.1 200"));
  const IntakeStats& stats = stop();
  EXPECT_EQ(stats.wrong_token, 2U);
  EXPECT_EQ(stats.refused_requests, 9U);
  EXPECT_EQ(stats.spans, 1U);
  EXPECT_THAT(losses_line(stats), HasSubstr("9 requests with spans were refused"));
}

TEST_F(IntakeTest, tells_x_ray_sdks_to_keep_everything_because_the_run_is_kept) {
  start();
  const std::string rules = ask(post("/GetSamplingRules", "{}"));
  EXPECT_THAT(rules, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(rules, HasSubstr(R"("FixedRate":1.0)"));
  EXPECT_THAT(ask(post("/SamplingTargets", R"({"SamplingStatisticsDocuments":[]})")),
              HasSubstr(R"("LastRuleModification")"));
  EXPECT_THAT(ask(post("/TraceSegments", "{}")), StartsWith("HTTP/1.1 404"));
}

TEST_F(IntakeTest, says_what_the_command_made_too_much_of) {
  IntakeStats stats;
  EXPECT_EQ(losses_line(stats), "");
  stats.lost_by_kernel = 2;
  stats.over_budget = 3;
  EXPECT_THAT(losses_line(stats), StartsWith("5 reports of AWS calls and spans were lost"));
}

// Needs a second uid, which only root has; others check the rule in proc_net_test.
TEST_F(IntakeTest, counts_what_comes_from_another_user_and_does_nothing_else) {
  constexpr uid_t kNobody = 65534;
  const bool root = geteuid() == 0;
  int sent[2];
  int done[2];
  ASSERT_EQ(pipe(sent), 0);
  ASSERT_EQ(pipe(done), 0);
  const std::string datagram = call(token());
  const std::string document = segment();
  const pid_t child = fork();
  if (child == 0) {
    close(done[1]);
    if (root && setresuid(kNobody, kNobody, kNobody) != 0) _exit(1);
    const core::Fd socket = connect_to(port_);
    if (::send(socket.get(), datagram.data(), datagram.size(), 0) < 0) _exit(1);
    if (::send(socket.get(), document.data(), document.size(), 0) < 0) _exit(1);
    const core::Fd connection = connect_to(port_, SOCK_STREAM);
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
  EXPECT_EQ(stats.wrong_uid, root ? 3U : 0U);
  EXPECT_EQ(stats.accepted, root ? 0U : 2U);
  for (const int fd : {sent[0], sent[1], done[0]}) close(fd);
}

}  // namespace
}  // namespace spawn::intake
