// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "aws/test_support.h"

namespace spawn::agent {
namespace {

using ::testing::HasSubstr;

class ControlTest : public ::testing::Test {
 protected:
  // One request, answered by a thread as the agent's would.
  Answer ask(const Answer& answer) {
    auto server = ControlServer::listen(path_);
    EXPECT_TRUE(server) << server.error().message;
    core::Json::Object request{{"command", core::Json(std::string("status"))}};
    Answer got = core::fail(core::Code::internal, "nobody answered");
    std::thread client([&] { got = ask_agent(path_, core::Json(std::move(request))); });
    bool served = false;
    while (!served) {
      server->serve([&](const core::Json& asked) {
        served = true;
        asked_ = asked.text_at("command");
        return answer;
      });
    }
    client.join();
    return got;
  }

  aws::TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/control.sock";
  std::string asked_;
};

TEST_F(ControlTest, an_answer_comes_as_it_was_given) {
  const auto answer = ask(core::Json(core::Json::Object{{"ü", core::Json(std::int64_t{7})}}));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->to_text(), R"({"ü":7})");
  EXPECT_EQ(asked_, "status");
}

TEST_F(ControlTest, an_error_keeps_its_code) {
  const auto answer = ask(core::fail(core::Code::permission_denied, "no"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, core::Code::permission_denied);
  EXPECT_EQ(answer.error().message, "no");
}

TEST_F(ControlTest, the_socket_is_its_owners_alone_and_goes_with_the_agent) {
  struct stat seen {};
  {
    const auto server = ControlServer::listen(path_);
    ASSERT_TRUE(server);
    ASSERT_EQ(stat(path_.c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 0777, 0600U);
    const auto second = ControlServer::listen(path_);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("another agent runs here"));
  }
  EXPECT_NE(stat(path_.c_str(), &seen), 0);
}

TEST_F(ControlTest, a_socket_that_a_killed_agent_left_is_replaced) {
  folder_.write("control.sock", "");
  EXPECT_TRUE(ControlServer::listen(path_));
}

TEST_F(ControlTest, nobody_there_is_unavailable) {
  const auto answer = ask_agent(path_, core::Json());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, core::Code::unavailable);
}

TEST_F(ControlTest, a_path_that_is_too_long_is_named) {
  EXPECT_THAT(ControlServer::listen("/" + std::string(200, 'x')).error().message,
              HasSubstr("107 bytes"));
}

}  // namespace
}  // namespace spawn::agent
