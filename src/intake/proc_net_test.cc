// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/proc_net.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/file.h"

namespace spawn::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kUdp =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout\n"
    "  271: 0100007F:BDFD 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 "
    "50432 2 0000000000000000 0\n"
    "  272: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 "
    "50433 2 0000000000000000 0\n";

TEST(ProcNet, finds_the_uid_behind_a_port) {
  EXPECT_THAT(uids_of_port(kUdp, 0xBDFD), ElementsAre(1000));
  EXPECT_THAT(uids_of_port(kUdp, 53), ElementsAre(101));
  EXPECT_THAT(uids_of_port(kUdp, 54), IsEmpty());
}

TEST(ProcNet, reads_ipv6_addresses) {
  EXPECT_THAT(uids_of_port("  1: 00000000000000000000000000000000:BDFD "
                           "00000000000000000000000000000000:0000 07 00000000:00000000 "
                           "00:00000000 00000000  7 0 1 2 0 0",
                           0xBDFD),
              ElementsAre(7));
}

TEST(ProcNet, skips_lines_it_does_not_understand) {
  EXPECT_THAT(uids_of_port("", 1), IsEmpty());
  EXPECT_THAT(uids_of_port("a b c d e f g h", 1), IsEmpty());
  EXPECT_THAT(uids_of_port(" 1: x:0001 b c d e f notanumber", 1), IsEmpty());
  EXPECT_THAT(uids_of_port(" 1: x:FFFF0001 b c d e f 5", 1), IsEmpty());
}

TEST(ProcNet, knows_a_live_sender_and_does_not_guess_about_a_gone_one) {
  core::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(socket.get(), generic, size), 0);
  ASSERT_EQ(getsockname(socket.get(), generic, &size), 0);
  const std::uint16_t port = ntohs(address.sin_port);

  EXPECT_EQ(sender_of(Protocol::udp, port, geteuid()), Sender::expected);
  if (geteuid() != 0) {
    EXPECT_EQ(sender_of(Protocol::udp, port, geteuid() + 1), Sender::other);
  }
  EXPECT_EQ(sender_of(Protocol::tcp, port, geteuid()), Sender::unknown);
  socket.reset();
  EXPECT_EQ(sender_of(Protocol::udp, port, geteuid()), Sender::unknown);
}

}  // namespace
}  // namespace spawn::intake
