// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Takes any POST on a loopback port and answers as X-Ray, or an OTLP receiver, does when all is
// well: as little work as can be, in a process of its own, so that what exporters cost is theirs.
// Prints "port N"; ends when its stdin does. GET: how many bytes came so far.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>

namespace {

std::atomic<unsigned long> bytes{0};

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t content_length(const std::string& head) {
  const char* at = strcasestr(head.c_str(), "content-length:");
  return at == nullptr ? 0 : std::strtoul(at + 15, nullptr, 10);
}

std::string reply_to(const std::string& head) {
  std::string body = R"({"UnprocessedTraceSegments":[]})";
  const char* kind = "application/json";
  if (head.starts_with("GET")) body = std::to_string(bytes.load());
  if (strcasestr(head.c_str(), "application/x-protobuf") != nullptr) {
    body.clear();
    kind = "application/x-protobuf";
  }
  return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(kind) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void serve(int fd) {
  std::string data;
  char chunk[65536];
  for (;;) {
    std::size_t end = 0;
    while ((end = data.find("\r\n\r\n")) == std::string::npos) {
      const ssize_t got = recv(fd, chunk, sizeof chunk, 0);
      if (got <= 0) return void(close(fd));
      data.append(chunk, static_cast<std::size_t>(got));
    }
    const std::string head = data.substr(0, end + 4);
    if (strcasestr(head.c_str(), "100-continue") != nullptr) {
      send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    const std::size_t whole = end + 4 + content_length(head);
    while (data.size() < whole) {
      const ssize_t got = recv(fd, chunk, sizeof chunk, 0);
      if (got <= 0) return void(close(fd));
      data.append(chunk, static_cast<std::size_t>(got));
    }
    data.erase(0, whole);
    bytes += whole;
    if (!send_all(fd, reply_to(head))) return void(close(fd));
  }
}

}  // namespace

int main() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 64) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::perror("export_sink");
    return 1;
  }
  std::printf("port %d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  std::thread([listener] {
    for (;;) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      std::thread(serve, fd).detach();
    }
  }).detach();
  char ignored[64];
  while (read(STDIN_FILENO, ignored, sizeof ignored) > 0) {
  }
  std::_Exit(0);
}
