// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/retrying_caller.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;

Outcome failed(core::Code code, bool retryable, bool throttled = false) {
  Failure failure;
  failure.error = {code, "it failed"};
  failure.retryable = retryable;
  failure.throttled = throttled;
  return tl::unexpected(failure);
}
Outcome throttled() { return failed(core::Code::throttled, true, true); }
Outcome unavailable() { return failed(core::Code::unavailable, true); }

class RetryingCallerTest : public ::testing::Test {
 protected:
  ScriptedCaller inner_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
  RetryingCaller caller_{inner_, RetryPolicy{}, clock_, rng_};
};

TEST_F(RetryingCallerTest, sends_once_when_it_succeeds) {
  const Outcome outcome = caller_.call(test_call());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->attempts, 1);
  EXPECT_EQ(clock_.slept(), 0ns);
}

TEST_F(RetryingCallerTest, waits_and_sends_again_after_a_throttle) {
  inner_.answers = {throttled(), Reply{}};
  const Outcome outcome = caller_.call(test_call());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->attempts, 2);
  ASSERT_EQ(inner_.calls.size(), 2U);
  EXPECT_GT(clock_.slept(), 0ns);
  EXPECT_LE(clock_.slept(), 1s);
  EXPECT_EQ(inner_.calls[0].attempt, 1);
  EXPECT_EQ(inner_.calls[1].attempt, 2);
  EXPECT_EQ(inner_.calls[0].backoff, 0ns);
  EXPECT_EQ(inner_.calls[1].backoff, clock_.slept());
}

TEST_F(RetryingCallerTest, gives_up_after_three_attempts) {
  inner_.answers = {unavailable(), unavailable(), unavailable(), Reply{}};
  const Outcome outcome = caller_.call(test_call());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().attempts, 3);
  EXPECT_EQ(inner_.calls.size(), 3U);
}

TEST_F(RetryingCallerTest, does_not_repeat_what_cannot_get_better) {
  inner_.answers = {failed(core::Code::permission_denied, false), Reply{}};
  EXPECT_FALSE(caller_.call(test_call()));
  EXPECT_EQ(inner_.calls.size(), 1U);
}

TEST_F(RetryingCallerTest, repeats_a_call_that_must_not_be_made_twice_only_when_it_was_refused) {
  Call once = test_call();
  once.idempotent = false;
  inner_.answers = {unavailable()};
  EXPECT_FALSE(caller_.call(once));
  EXPECT_EQ(inner_.calls.size(), 1U);
  inner_.answers = {throttled(), Reply{}};
  EXPECT_TRUE(caller_.call(once));
}

TEST_F(RetryingCallerTest, gives_up_at_once_when_the_wait_would_pass_the_deadline) {
  Call call = test_call();
  call.deadline = core::Deadline::after(clock_, 1us);
  inner_.answers = {unavailable(), Reply{}};
  EXPECT_FALSE(caller_.call(call));
  EXPECT_EQ(inner_.calls.size(), 1U);
  EXPECT_EQ(clock_.slept(), 0ns);
}

TEST_F(RetryingCallerTest, begins_no_attempt_that_has_no_time_to_be_answered) {
  Call call = test_call();
  for (int i = 0; i < 100; ++i) {
    call.deadline = core::Deadline::after(clock_, core::kLeastForAnAttempt);
    inner_.answers.push_back(unavailable());
    EXPECT_FALSE(caller_.call(call));
  }
  EXPECT_EQ(inner_.calls.size(), 100U);
}

TEST_F(RetryingCallerTest, says_in_headers_which_attempt_of_which_call_it_is) {
  inner_.answers = {throttled(), Reply{}};
  ASSERT_TRUE(caller_.call(test_call()));
  ASSERT_TRUE(caller_.call(test_call()));
  const auto header = [&](std::size_t i, const char* name) {
    return http::header(inner_.calls.at(i).headers, name);
  };
  EXPECT_EQ(header(0, "amz-sdk-request"), "attempt=1; max=3");
  EXPECT_EQ(header(1, "amz-sdk-request"), "attempt=2; max=3");
  EXPECT_EQ(header(0, "amz-sdk-invocation-id").size(), 36U);
  EXPECT_EQ(header(0, "amz-sdk-invocation-id"), header(1, "amz-sdk-invocation-id"));
  EXPECT_NE(header(0, "amz-sdk-invocation-id"), header(2, "amz-sdk-invocation-id"));
}

TEST_F(RetryingCallerTest, stops_repeating_when_its_bucket_is_dry_and_refills_by_success) {
  // 500 tokens are 100 retries of 5: 50 calls with two retries each.
  for (int i = 0; i < 50; ++i) {
    inner_.answers = {unavailable(), unavailable(), unavailable()};
    ASSERT_EQ(caller_.call(test_call()).error().attempts, 3) << i;
  }
  inner_.answers = {unavailable()};
  EXPECT_EQ(caller_.call(test_call()).error().attempts, 1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(caller_.call(test_call()));
  inner_.answers = {unavailable(), unavailable()};
  EXPECT_EQ(caller_.call(test_call()).error().attempts, 2);
}

TEST_F(RetryingCallerTest, pays_double_for_a_timeout_and_gets_back_what_a_cure_cost) {
  for (int i = 0; i < 25; ++i) {  // 25 · 2 · 10 = 500
    const Outcome timed_out = failed(core::Code::timeout, true);
    inner_.answers = {timed_out, timed_out, timed_out};
    ASSERT_EQ(caller_.call(test_call()).error().attempts, 3) << i;
  }
  inner_.answers = {unavailable()};
  EXPECT_EQ(caller_.call(test_call()).error().attempts, 1);

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(caller_.call(test_call()));
  for (int i = 0; i < 10; ++i) {  // each takes the 5 tokens there are and brings them back
    inner_.answers = {unavailable(), Reply{}};
    ASSERT_TRUE(caller_.call(test_call())) << i;
  }
}

TEST(RetryPolicy, is_read_from_the_environment) {
  EXPECT_EQ(retry_policy(testing::FakeEnv{})->max_attempts, 3);
  EXPECT_EQ(retry_policy(testing::FakeEnv{{"AWS_MAX_ATTEMPTS", "7"}})->max_attempts, 7);
  EXPECT_TRUE(retry_policy(testing::FakeEnv{{"AWS_RETRY_MODE", "Adaptive"}}));
}

TEST(RetryPolicy, is_read_from_the_profile_when_the_environment_is_silent) {
  Profile profile;
  profile.name = "dev";
  profile.config["max_attempts"].value = "5";
  profile.config["retry_mode"].value = "standard";
  EXPECT_EQ(retry_policy(testing::FakeEnv{}, profile)->max_attempts, 5);
  EXPECT_EQ(retry_policy(testing::FakeEnv{{"AWS_MAX_ATTEMPTS", "7"}}, profile)->max_attempts, 7);
  profile.config["max_attempts"].value = "lots";
  EXPECT_EQ(retry_policy(testing::FakeEnv{}, profile).error().message,
            "max_attempts of profile 'dev': expected a number from 1 to 100, not 'lots'");
}

TEST(RetryPolicy, that_is_off_sends_once) {
  EXPECT_EQ(retry_policy(testing::FakeEnv{{"AWS_RETRY_MODE", "off"}, {"AWS_MAX_ATTEMPTS", "5"}})
                ->max_attempts,
            1);
}

TEST(RetryPolicy, notes_that_it_is_not_the_mode_that_was_said) {
  EXPECT_EQ(retry_policy(testing::FakeEnv{{"AWS_RETRY_MODE", "Legacy"}})->note,
            "AWS_RETRY_MODE: 'legacy' is taken as 'standard'");
  EXPECT_EQ(retry_policy(testing::FakeEnv{{"AWS_RETRY_MODE", "standard"}})->note, "");
}

TEST(RetryPolicy, names_the_variable_that_is_wrong) {
  for (const char* bad : {"0", "-1", "many", "3.5", "101"}) {
    const auto policy = retry_policy(testing::FakeEnv{{"AWS_MAX_ATTEMPTS", bad}});
    ASSERT_FALSE(policy) << bad;
    EXPECT_EQ(policy.error().code, core::Code::invalid_argument);
    EXPECT_TRUE(policy.error().message.starts_with("AWS_MAX_ATTEMPTS: expected")) << bad;
  }
  const auto policy = retry_policy(testing::FakeEnv{{"AWS_RETRY_MODE", "eager"}});
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().message, "AWS_RETRY_MODE: expected 'standard' or 'off', not 'eager'");
}

}  // namespace
}  // namespace spawn::aws
