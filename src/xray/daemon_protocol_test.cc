// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/daemon_protocol.h"

#include <gtest/gtest.h>

#include <string>

namespace spawn::xray {
namespace {

TEST(DaemonProtocol, the_document_comes_after_the_header_line) {
  EXPECT_EQ(document_in("{\"format\":\"json\",\"version\":1}\n{\"id\":\"a\"}"), "{\"id\":\"a\"}");
  EXPECT_EQ(document_in("{\"version\": 1, \"format\": \"JSON\"}\na\nb"), "a\nb");
}

TEST(DaemonProtocol, without_the_header_there_is_none) {
  for (const auto* text :
       {"", "{}", "\n{}", "{\"format\":\"json\",\"version\":1}",
        "{\"format\":\"json\",\"version\":2}\n{}", "{\"format\":\"xml\",\"version\":1}\n{}",
        "[]\n{}", "{\"version\":1}\n{}", "{\"format\":\"json\",\"version\":\"1\"}\n{}"}) {
    EXPECT_FALSE(document_in(text)) << text;
  }
}

}  // namespace
}  // namespace spawn::xray
