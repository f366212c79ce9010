// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/wakeup.h"

#include <gtest/gtest.h>

namespace spawn::telemetry {
namespace {

using Worker = Wakeup::Worker;

bool yes() { return true; }
bool no() { return false; }

TEST(Wakeup, is_wanted_while_nobody_was_started) {
  const Wakeup wakeup;
  EXPECT_TRUE(wakeup.wanted(no));
  EXPECT_TRUE(wakeup.wanted_for_open());
}

TEST(Wakeup, is_wanted_by_a_push_when_the_worker_sleeps_or_dozes_with_a_batch_complete) {
  Wakeup wakeup;
  wakeup.prepare(Worker::awake);
  EXPECT_FALSE(wakeup.wanted(yes));
  wakeup.prepare(Worker::dozing);
  EXPECT_FALSE(wakeup.wanted(no));
  EXPECT_TRUE(wakeup.wanted(yes));
  wakeup.prepare(Worker::watching);
  EXPECT_TRUE(wakeup.wanted(no));
  wakeup.prepare(Worker::idle);
  EXPECT_TRUE(wakeup.wanted(no));
}

TEST(Wakeup, is_wanted_by_an_open_span_only_when_the_worker_sleeps_without_end) {
  Wakeup wakeup;
  for (const Worker state : {Worker::awake, Worker::dozing, Worker::watching}) {
    wakeup.prepare(state);
    EXPECT_FALSE(wakeup.wanted_for_open());
  }
  wakeup.prepare(Worker::idle);
  EXPECT_TRUE(wakeup.wanted_for_open());
}

}  // namespace
}  // namespace spawn::telemetry
