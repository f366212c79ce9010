// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/intake.h"

#include <fmt/format.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "core/rng.h"
#include "core/secret.h"
#include "core/text.h"
#include "intake/child_variables.h"
#include "intake/csm_event.h"
#include "intake/daemon_proxy.h"
#include "otlp/gzip.h"
#include "otlp/receive.h"
#include "xray/daemon_protocol.h"
#include "xray/to_span.h"

namespace spawn::intake {
namespace {

constexpr std::size_t kMaxDatagram = 65536;
constexpr int kReceiveBufferBytes = 4 << 20;
constexpr std::size_t kTokenHexDigits = 32;
constexpr int kExpiryMs = 500;
// How often a flood is interrupted to look at the deadline and at what is overdue.
constexpr int kDatagramsAtOnce = 256;
constexpr std::size_t kMaxBodyBytes = 8U << 20;    // also after decompression
constexpr std::size_t kMaxSpansARequest = 16'384;  // OpenTelemetry's SDKs send 512
constexpr std::string_view kTracesPath = "/v1/traces";
constexpr int kTries = 20;  // until a free port is free for both

core::Result<std::pair<core::LoopbackSocket, core::Fd>> bind_both() {
  auto udp = core::bind_to_loopback(core::Transport::udp, 0);
  for (int i = 1; udp; ++i) {
    auto tcp = core::bind_to_loopback(core::Transport::tcp, udp->port);
    if (tcp) return std::pair(std::move(*udp), std::move(tcp->fd));
    if (i == kTries || tcp.error().code != core::Code::unavailable) return core::fail(tcp.error());
    udp = core::bind_to_loopback(core::Transport::udp, 0);
  }
  return core::fail(udp.error());
}

http::Reply plain_reply(int status, std::string_view text) {
  http::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "text/plain"}};
  reply.body = text;
  return reply;
}

}  // namespace

std::string losses_line(const IntakeStats& stats) {
  std::vector<std::string> parts;
  if (const std::uint64_t lost = stats.lost_by_kernel + stats.over_budget; lost > 0) {
    parts.push_back(fmt::format(
        "{} reports of AWS calls and spans were lost: the command made more than can be kept",
        lost));
  }
  if (stats.unreadable > 0) {
    parts.push_back(fmt::format("{} spans that the command sent could not be read: {}",
                                stats.unreadable, stats.first_problem));
  }
  if (stats.refused_requests > 0) {
    parts.push_back(
        fmt::format("{} requests with spans were refused: no OTLP, or larger than 8 MiB",
                    stats.refused_requests));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

core::Result<std::unique_ptr<Intake>> Intake::bind(uid_t expected_uid) {
  core::Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) return core::fail(core::system_error("eventfd", errno));
  auto sockets = bind_both();
  if (!sockets) return core::fail(sockets.error());
  core::ask_for_receive_buffer(sockets->first.fd, kReceiveBufferBytes);
  std::unique_ptr<Intake> intake(new Intake(std::move(sockets->first), std::move(sockets->second),
                                            std::move(wake), expected_uid));
  // From here on the kernel keeps what comes.
  auto server = http::LoopbackServer::listen(
      std::move(intake->tcp_), {.body_bytes = kMaxBodyBytes},
      [of = intake.get()](std::uint16_t peer_port) { return of->admits(peer_port); },
      [of = intake.get()](http::ReceivedRequest& request) { return of->serve(request); });
  if (!server) return core::fail(server.error());
  intake->server_ = std::move(*server);
  return intake;
}

Intake::Intake(core::LoopbackSocket udp, core::Fd tcp, core::Fd wake, uid_t expected_uid)
    : udp_(std::move(udp.fd)),
      tcp_(std::move(tcp)),
      wake_(std::move(wake)),
      port_(udp.port),
      token_(core::secure_random_hex(kTokenHexDigits)),
      udp_senders_(Protocol::udp, expected_uid),
      tcp_senders_(Protocol::tcp, expected_uid),
      buffer_(new char[kMaxDatagram]) {}  // untouched: most datagrams are small

Intake::~Intake() { stop(core::Deadline::never()); }

std::vector<std::pair<std::string, std::string>> Intake::child_environment(
    const std::function<std::string(std::string_view)>& inherited) const {
  return child_variables(port_, token_, inherited);
}

void Intake::start(telemetry::Tracer& tracer, const trace::SpanContext& run) {
  SPAWN_CHECK(!thread_.joinable());
  joiner_.emplace(tracer, run);
  programs_.emplace(tracer, run);
  clock_ = &tracer.clock();
  thread_ = std::thread([this] { this->run(); });
}

void Intake::stop(core::Deadline deadline) {
  if (!thread_.joinable()) return;
  stop_by_ = deadline;
  const std::uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

void Intake::run() {
  (void)pthread_setname_np(pthread_self(), "intake");
  while (!ending_) {
    (void)turn(joiner_->waiting() || programs_->waiting() ? kExpiryMs : -1);
    joiner_->expire(clock_->steady_ns());
    programs_->expire(clock_->steady_ns());
  }
  // The workload has ended, so all that it sent has arrived. Somebody else may never end.
  while (turn(0) && !stop_by_.passed(*clock_)) {
  }
  finish();
}

bool Intake::turn(int timeout_ms) {
  std::vector<pollfd> watched = {{udp_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  server_->watch(watched);
  if (poll(watched.data(), watched.size(), timeout_ms) <= 0) return false;
  std::uint64_t told = 0;
  if (watched[1].revents != 0 && read(wake_.get(), &told, sizeof told) > 0) ending_ = true;
  if (watched[0].revents != 0) drain();
  server_->work(std::span(watched).subspan(2));
  return true;
}

void Intake::finish() {
  joiner_->finish();
  programs_->finish();
  counts_.over_budget = joiner_->over_budget() + programs_->over_budget();
  counts_.spans = programs_->handed_over();
  counts_.unfinished = programs_->unfinished();
  counts_.refused_requests += server_->refused();
  read_kernel_losses();
}

void Intake::drain() {
  for (int i = 0; i < kDatagramsAtOnce; ++i) {
    sockaddr_in sender{};
    iovec space{buffer_.get(), kMaxDatagram};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &space;
    message.msg_iovlen = 1;
    const ssize_t size = recvmsg(udp_.get(), &message, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return;
    const bool cut = (message.msg_flags & MSG_TRUNC) != 0;
    take({buffer_.get(), static_cast<std::size_t>(size)}, cut, ntohs(sender.sin_port));
  }
}

void Intake::take(std::string_view datagram, bool cut, std::uint16_t source_port) {
  if (cut) {
    ++counts_.malformed;
  } else if (const auto document = xray::document_in(datagram)) {
    // Has no room for a token.
    if (udp_senders_.accepts(source_port, clock_->steady_ns())) {
      take_document(*document);
    } else {
      ++counts_.wrong_uid;
    }
  } else {
    take_event(datagram, source_port);
  }
}

void Intake::take_event(std::string_view datagram, std::uint16_t source_port) {
  auto event = parse_csm_event(datagram);
  if (!event) {
    ++counts_.malformed;
  } else if (!core::same_secret(event->client_id, token_)) {
    ++counts_.wrong_token;
  } else if (!udp_senders_.accepts(source_port, clock_->steady_ns())) {
    ++counts_.wrong_uid;
  } else {
    ++counts_.accepted;
    joiner_->add(std::move(*event), source_port, clock_->steady_ns());
  }
}

void Intake::take_document(std::string_view document) {
  trace::Trace read;
  xray::add_document(document, read);
  note_unreadable(read.notes.size(), read.notes);
  if (read.spans.empty()) {
    ++counts_.malformed;
    return;
  }
  ++counts_.accepted;
  for (trace::SpanRecord& span : read.spans) span.settle();
  programs_->take(read.spans, "xray", clock_->steady_ns());
}

bool Intake::admits(std::uint16_t peer_port) {
  if (tcp_senders_.accepts(peer_port, clock_->steady_ns())) return true;
  ++counts_.wrong_uid;
  return false;
}

http::Reply Intake::serve(http::ReceivedRequest& request) {
  if (request.method != "POST") return plain_reply(405, "only POST is known here\n");
  if (auto answer = answer_daemon(request.target)) return std::move(*answer);
  std::string_view path = request.target;
  if (!path.starts_with(kTokenPath)) return plain_reply(404, "no such operation\n");
  path.remove_prefix(kTokenPath.size());
  if (!core::same_secret(path.substr(0, token_.size()), token_)) {
    ++counts_.wrong_token;
    return otlp::refusal(403, "this address is another run's", request.headers);
  }
  if (path.substr(token_.size()) != kTracesPath) {
    return otlp::refusal(404, "only traces are taken here: POST …/v1/traces", request.headers);
  }
  return take_request(request);
}

http::Reply Intake::take_request(http::ReceivedRequest& request) {
  http::Reply reply = read_request(request);
  ++(reply.status == 200 ? counts_.accepted : counts_.refused_requests);
  return reply;
}

http::Reply Intake::read_request(http::ReceivedRequest& request) {
  const std::string_view encoding = http::header(request.headers, "Content-Encoding");
  if (core::iequals(encoding, "gzip")) {
    auto plain = otlp::gunzip(request.body, kMaxBodyBytes);
    if (!plain) return otlp::refusal(400, plain.error().message, request.headers);
    if (!*plain) return otlp::refusal(413, "the body is larger than 8 MiB", request.headers);
    request.body = std::move(**plain);
  } else if (!encoding.empty() && !core::iequals(encoding, "identity")) {
    return otlp::refusal(415, "Content-Encoding: expected gzip or none", request.headers);
  }
  return otlp::receive(
      request.headers, request.body, [this](trace::SpanSet& set) { return take_spans(set); },
      kMaxSpansARequest);
}

core::Status Intake::take_spans(trace::SpanSet& set) {
  note_unreadable(set.refused, set.problems);
  programs_->take(set.spans, "otlp", clock_->steady_ns());
  return core::ok();
}

void Intake::note_unreadable(std::uint64_t spans, const std::vector<std::string>& problems) {
  counts_.unreadable += spans;
  if (spans > 0 && counts_.first_problem.empty() && !problems.empty()) {
    counts_.first_problem = core::visible(problems.front());
  }
}

// Exact at any time; the count that SO_RXQ_OVFL attaches to a datagram misses what was lost after
// it.
void Intake::read_kernel_losses() {
  std::uint32_t memory[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof memory;
  if (getsockopt(udp_.get(), SOL_SOCKET, SO_MEMINFO, memory, &size) == 0 &&
      size > SK_MEMINFO_DROPS * sizeof(std::uint32_t)) {
    counts_.lost_by_kernel = memory[SK_MEMINFO_DROPS];
  }
}

}  // namespace spawn::intake
