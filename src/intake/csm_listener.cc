// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_listener.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "core/rng.h"
#include "intake/csm_event.h"
#include "intake/proc_net.h"

namespace spawn::intake {
namespace {

constexpr int kReceiveBufferBytes = 4 << 20;
constexpr std::size_t kTokenHexDigits = 32;
constexpr int kExpiryMs = 500;
constexpr std::int64_t kVerdictNs = 1'000'000'000;
constexpr std::size_t kMaxVerdicts = 1024;
// How often a flood is interrupted to look at the deadline and at what is overdue.
constexpr int kDatagramsAtOnce = 256;

// Root may go above net.core.rmem_max; others get as much as that allows.
void ask_for_buffer(int socket) {
  const int bytes = kReceiveBufferBytes;
  if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0) return;
  (void)setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

core::Result<std::uint16_t> bind_to_loopback(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(socket, generic, size) != 0 || getsockname(socket, generic, &size) != 0) {
    return core::fail(core::system_error("bind 127.0.0.1", errno));
  }
  return ntohs(address.sin_port);
}

}  // namespace

core::Result<std::unique_ptr<CsmListener>> CsmListener::bind(uid_t expected_uid) {
  core::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return core::fail(core::system_error("socket", errno));
  core::Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) return core::fail(core::system_error("eventfd", errno));
  ask_for_buffer(socket.get());
  const auto port = bind_to_loopback(socket.get());
  if (!port) return core::fail(port.error());
  return std::unique_ptr<CsmListener>(
      new CsmListener(std::move(socket), std::move(wake), *port, expected_uid));
}

CsmListener::CsmListener(core::Fd socket, core::Fd wake, std::uint16_t port, uid_t expected_uid)
    : socket_(std::move(socket)),
      wake_(std::move(wake)),
      port_(port),
      expected_uid_(expected_uid),
      token_(core::secure_random_hex(kTokenHexDigits)),
      buffer_(kMaxDatagramBytes, '\0') {}

CsmListener::~CsmListener() { stop(core::Deadline::never()); }

std::vector<std::pair<std::string, std::string>> CsmListener::child_environment() const {
  return {{"AWS_CSM_ENABLED", "true"},
          {"AWS_CSM_HOST", "127.0.0.1"},
          {"AWS_CSM_PORT", std::to_string(port_)},
          {"AWS_CSM_CLIENT_ID", token_}};
}

void CsmListener::start(telemetry::Tracer& tracer, const trace::SpanContext& parent) {
  SPAWN_CHECK(!thread_.joinable());
  joiner_.emplace(tracer, parent);
  clock_ = &tracer.clock();
  thread_ = std::thread([this] { run(); });
}

void CsmListener::stop(core::Deadline deadline) {
  if (!thread_.joinable()) return;
  stop_by_ = deadline;
  const std::uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

void CsmListener::run() {
  (void)pthread_setname_np(pthread_self(), "csm-intake");
  pollfd watched[] = {{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  for (;;) {
    (void)poll(watched, 2, joiner_->waiting() ? kExpiryMs : -1);
    std::uint64_t told = 0;
    if (read(wake_.get(), &told, sizeof told) > 0) break;
    drain(core::Deadline::after(*clock_, core::Nanos(0)));
    joiner_->expire(clock_->steady_ns());
  }
  drain(stop_by_);
  joiner_->finish();
  counts_.over_budget = joiner_->over_budget();
  read_kernel_losses();
}

// Until the socket is empty; once the deadline has passed, one round at most.
void CsmListener::drain(core::Deadline deadline) {
  do {
    for (int i = 0; i < kDatagramsAtOnce; ++i) {
      sockaddr_in sender{};
      iovec space{buffer_.data(), buffer_.size()};
      msghdr message{};
      message.msg_name = &sender;
      message.msg_namelen = sizeof sender;
      message.msg_iov = &space;
      message.msg_iovlen = 1;
      const ssize_t size = recvmsg(socket_.get(), &message, 0);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return;
      const bool cut = (message.msg_flags & MSG_TRUNC) != 0;
      take({buffer_.data(), static_cast<std::size_t>(size)}, cut, ntohs(sender.sin_port));
    }
  } while (!deadline.passed(*clock_));
}

void CsmListener::take(std::string_view datagram, bool cut, std::uint16_t source_port) {
  auto event = parse_csm_event(datagram);
  if (cut || !event) {
    ++counts_.malformed;
  } else if (!token_matches(event->client_id)) {
    ++counts_.wrong_token;
  } else if (!uid_accepted(source_port)) {
    ++counts_.wrong_uid;
  } else {
    ++counts_.accepted;
    joiner_->add(std::move(*event), source_port, clock_->steady_ns());
  }
}

// Takes equally long wherever the first difference is.
bool CsmListener::token_matches(std::string_view text) const {
  if (text.size() != token_.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < token_.size(); ++i) {
    difference |= static_cast<unsigned char>(text[i]) ^ static_cast<unsigned char>(token_[i]);
  }
  return difference == 0;
}

bool CsmListener::uid_accepted(std::uint16_t source_port) {
  const std::int64_t now = clock_->steady_ns();
  if (const auto known = verdicts_.find(source_port);
      known != verdicts_.end() && now < known->second.until_ns) {
    return known->second.accepted;
  }
  if (verdicts_.size() >= kMaxVerdicts) verdicts_.clear();
  const bool accepted = sender_of(source_port, expected_uid_) != Sender::other;
  verdicts_[source_port] = {accepted, now + kVerdictNs};
  return accepted;
}

// Exact at any time; the count that SO_RXQ_OVFL attaches to a datagram misses what was lost after
// it.
void CsmListener::read_kernel_losses() {
  std::uint32_t memory[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof memory;
  if (getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, memory, &size) == 0 &&
      size > SK_MEMINFO_DROPS * sizeof(std::uint32_t)) {
    counts_.lost_by_kernel = memory[SK_MEMINFO_DROPS];
  }
}

}  // namespace spawn::intake
