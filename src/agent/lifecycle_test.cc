// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/lifecycle.h"

#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::agent {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::int64_t ns(core::Nanos length) { return length.count(); }

config::Settings settings(const config::Tags& tags) {
  const testing::FakeEnv env;
  return *config::resolve({"/no/such/file", false, {}, false, tags}, env);
}

LifeFacts at(core::Nanos age) {
  LifeFacts facts;
  facts.now_ns = ns(hours(100));
  facts.age = age;
  return facts;
}

TEST(Lifecycle, without_settings_an_instance_lives_on) {
  EXPECT_EQ(decide(settings({}), at(hours(10'000))).action, Action::none);
  EXPECT_EQ(next_decision_ns(settings({}), at(hours(1))), INT64_MAX);
}

TEST(Lifecycle, the_ttl_counts_from_the_launch_and_terminates) {
  const auto two_hours = settings({{"spawn:ttl", "2h"}});
  EXPECT_EQ(decide(two_hours, at(hours(2) - seconds(1))).action, Action::none);
  EXPECT_EQ(decide(two_hours, at(hours(2))), (Decision{Action::terminate, "ttl"}));
  EXPECT_EQ(next_decision_ns(two_hours, at(hours(1))), ns(hours(101)));
}

TEST(Lifecycle, an_idle_instance_terminates_or_hibernates_after_its_timeout) {
  LifeFacts facts = at(hours(5));
  const auto timeout = settings({{"spawn:idle-timeout", "30m"}});
  EXPECT_EQ(decide(timeout, facts).action, Action::none);
  facts.idle_since_ns = facts.now_ns - ns(minutes(30)) + 1;
  EXPECT_EQ(decide(timeout, facts).action, Action::none);
  EXPECT_EQ(next_decision_ns(timeout, facts), facts.now_ns + 1);
  facts.idle_since_ns = facts.now_ns - ns(minutes(30));
  EXPECT_EQ(decide(timeout, facts), (Decision{Action::terminate, "idle"}));
  const auto hibernating = settings({{"spawn:idle-timeout", "30m"}, {"spawn:hibernate", "true"}});
  EXPECT_EQ(decide(hibernating, facts), (Decision{Action::hibernate, "idle"}));
}

TEST(Lifecycle, what_is_complete_does_as_it_was_told_after_the_delay) {
  LifeFacts facts = at(hours(1));
  facts.completed_at_ns = facts.now_ns - ns(seconds(29));
  const auto stop = settings({{"spawn:on-complete", "stop"}, {"spawn:completion-delay", "30s"}});
  EXPECT_EQ(decide(stop, facts).action, Action::none);
  EXPECT_EQ(next_decision_ns(stop, facts), facts.now_ns + ns(seconds(1)));
  facts.completed_at_ns = facts.now_ns - ns(seconds(30));
  EXPECT_EQ(decide(stop, facts), (Decision{Action::stop, "completed"}));
  for (const auto& [word, action] : {std::pair{"terminate", Action::terminate},
                                     {"hibernate", Action::hibernate},
                                     {"exit", Action::exit},
                                     {"nothing", Action::none}}) {
    EXPECT_EQ(decide(settings({{"spawn:on-complete", word}}), facts).action, action) << word;
  }
}

TEST(Lifecycle, completion_counts_before_the_ttl_when_both_are_due) {
  LifeFacts facts = at(hours(3));
  facts.completed_at_ns = facts.now_ns;
  EXPECT_EQ(decide(settings({{"spawn:ttl", "2h"}, {"spawn:on-complete", "stop"}}), facts),
            (Decision{Action::stop, "completed"}));
}

TEST(Lifecycle, a_machine_that_is_no_instance_is_never_shut_down) {
  LifeFacts facts = at(hours(3));
  facts.is_local = true;
  EXPECT_EQ(decide(settings({{"spawn:ttl", "2h"}}), facts), (Decision{Action::exit, "ttl"}));
  EXPECT_EQ(decide(settings({}), facts).action, Action::none);
  facts.completed_at_ns = facts.now_ns;
  EXPECT_EQ(decide(settings({}), facts), (Decision{Action::exit, "completed"}));
  EXPECT_EQ(decide(settings({{"spawn:on-complete", "terminate"}}), facts).action, Action::exit);
  EXPECT_EQ(decide(settings({{"spawn:on-complete", "nothing"}}), facts).action, Action::none);
}

TEST(Lifecycle, a_wrong_clock_makes_an_instance_neither_young_nor_old) {
  EXPECT_EQ(age_at_start(seconds(70), seconds(30)), seconds(70));
  EXPECT_EQ(age_at_start(hours(1), seconds(30)), seconds(30) + minutes(5));
  EXPECT_EQ(age_at_start(-hours(1), seconds(30)), seconds(30));
}

}  // namespace
}  // namespace spawn::agent
