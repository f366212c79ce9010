// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/waiter.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;

class WaiterTest : public ::testing::Test {
 protected:
  core::Status wait(core::Deadline deadline, const std::function<core::Result<Poll>(int)>& poll) {
    return wait_until(tracing_.tracer, {"EC2.Ready", 15s, 4}, deadline, [&] {
      ++polls_;
      const auto call = tracing_.tracer.start("a call");
      return poll(polls_);
    });
  }
  [[nodiscard]] testing::OwnedSpan span() const { return tracing_.log.only("wait EC2.Ready"); }

  TestTracing tracing_;
  int polls_ = 0;
};

TEST_F(WaiterTest, polls_with_its_delay_in_one_span_until_it_is_done) {
  ASSERT_TRUE(wait(core::Deadline::never(), [](int n) { return Poll{n == 3, "i-1 is pending"}; }));
  EXPECT_EQ(polls_, 3);
  EXPECT_EQ(tracing_.clock.slept(), 30s);
  EXPECT_EQ(span().text("spawn.aws.polls"), "3");
  EXPECT_EQ(span().kind, trace::SpanKind::internal);
  EXPECT_EQ(span().status, trace::StatusCode::unset);
  EXPECT_EQ(span().end_ns - span().start_ns, core::Nanos(30s).count());
  for (const auto& call : tracing_.log.spans()) {
    if (call.name != "a call") continue;
    EXPECT_EQ(call.parent_id, span().span_id);
  }
  EXPECT_FALSE(telemetry::current().decided);
}

TEST_F(WaiterTest, gives_up_after_its_polls_and_says_what_it_saw) {
  const auto status = wait(core::Deadline::never(), [](int) {
    return Poll{false, "i-1 is pending"};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::Code::timeout);
  EXPECT_EQ(status.error().message, "EC2.Ready: not after 4 polls; i-1 is pending");
  EXPECT_EQ(tracing_.clock.slept(), 45s);
  EXPECT_EQ(span().status, trace::StatusCode::error);
  EXPECT_EQ(span().status_message, status.error().message);
}

TEST_F(WaiterTest, does_not_sleep_beyond_the_deadline) {
  const auto deadline = core::Deadline::after(tracing_.clock, 20s);
  const auto status = wait(deadline, [](int) { return Poll{false, "i-1 is pending"}; });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::Code::timeout);
  EXPECT_EQ(polls_, 2);
  EXPECT_EQ(tracing_.clock.slept(), 15s);
}

TEST_F(WaiterTest, ends_with_the_error_of_a_poll) {
  const auto status = wait(core::Deadline::never(), [](int) -> core::Result<Poll> {
    return core::fail(core::Code::permission_denied, "no");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::Code::permission_denied);
  EXPECT_EQ(polls_, 1);
  EXPECT_EQ(span().text("spawn.aws.polls"), "1");
  EXPECT_EQ(span().status, trace::StatusCode::error);
}

}  // namespace
}  // namespace spawn::aws
