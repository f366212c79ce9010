// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/cached.h"

#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;

class CountingSource final : public CredentialsProvider {
 public:
  explicit CountingSource(core::Clock& clock) : clock_(clock) {}

  core::Result<Credentials> get() override {
    ++asked;
    if (fails) return core::fail(core::Code::unavailable, "down");
    Credentials credentials;
    credentials.access_key_id = std::to_string(asked);
    if (lifetime) credentials.expires_at_ns = clock_.now().wall_ns + lifetime->count();
    return credentials;
  }

  int asked = 0;
  bool fails = false;
  std::optional<core::Nanos> lifetime = 1h;

 private:
  core::Clock& clock_;
};

class CachedCredentialsTest : public ::testing::Test {
 protected:
  // The id, or the error.
  std::string get() {
    const auto credentials = cached_.get();
    return credentials ? credentials->access_key_id : credentials.error().message;
  }

  testing::FakeClock clock_;
  CountingSource source_{clock_};
  CachedCredentials cached_{source_, clock_};
};

TEST_F(CachedCredentialsTest, are_asked_for_once_while_they_are_good) {
  EXPECT_EQ(get(), "1");
  clock_.advance(44min);
  EXPECT_EQ(get(), "1");
}

TEST_F(CachedCredentialsTest, that_never_expire_are_asked_for_once) {
  source_.lifetime.reset();
  EXPECT_EQ(get(), "1");
  clock_.advance(10000h);
  EXPECT_EQ(get(), "1");
}

TEST_F(CachedCredentialsTest, are_refreshed_fifteen_minutes_ahead) {
  EXPECT_EQ(get(), "1");
  clock_.advance(45min);
  EXPECT_EQ(get(), "2");
}

TEST_F(CachedCredentialsTest, stay_in_use_when_an_early_refresh_fails_which_is_tried_each_minute) {
  EXPECT_EQ(get(), "1");
  clock_.advance(46min);
  source_.fails = true;
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(source_.asked, 2);
  clock_.advance(1min);
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(source_.asked, 3);
  source_.fails = false;
  clock_.advance(1min);
  EXPECT_EQ(get(), "4");
}

TEST_F(CachedCredentialsTest, are_asked_for_each_time_in_the_last_ten_minutes) {
  EXPECT_EQ(get(), "1");
  source_.fails = true;
  clock_.advance(51min);
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(source_.asked, 3);
}

TEST_F(CachedCredentialsTest, are_an_error_when_they_have_expired_and_there_are_no_others) {
  EXPECT_EQ(get(), "1");
  source_.fails = true;
  clock_.advance(61min);
  EXPECT_EQ(get(), "down");
}

TEST_F(CachedCredentialsTest, ask_a_failing_source_at_most_once_a_second) {
  source_.fails = true;
  EXPECT_EQ(get(), "down");
  EXPECT_EQ(get(), "down");
  EXPECT_EQ(source_.asked, 1);
  source_.fails = false;
  clock_.advance(1s);
  EXPECT_EQ(get(), "2");
}

TEST_F(CachedCredentialsTest, are_asked_for_anew_when_forgotten) {
  EXPECT_EQ(get(), "1");
  cached_.forget();
  EXPECT_EQ(get(), "2");
}

}  // namespace
}  // namespace spawn::aws
