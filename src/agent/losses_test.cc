// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/losses.h"

#include <gtest/gtest.h>

namespace spawn::agent {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

telemetry::Stats stats_with(std::uint64_t refused) {
  telemetry::ExporterStats xray;
  xray.name = "xray";
  xray.produced = 100;
  xray.lost = refused;
  if (refused > 0) xray.lost_by["InvalidName"] = refused;
  if (refused > 0) xray.last_reason = "refused span 'a'";
  telemetry::Stats stats;
  stats.exporters.push_back(xray);
  return stats;
}

TEST(LossLog, says_nothing_while_nothing_is_lost) {
  LossLog log;
  EXPECT_EQ(log.look(stats_with(0), 0), "");
}

TEST(LossLog, says_what_was_lost_and_why_once_a_minute_at_most) {
  LossLog log;
  EXPECT_EQ(log.look(stats_with(2), 0),
            "xray: 2 of 100 spans are lost so far (InvalidName 2): refused span 'a'");
  EXPECT_EQ(log.look(stats_with(3), kMinute - 1), "");
  EXPECT_NE(log.look(stats_with(3), kMinute), "");
  EXPECT_EQ(log.look(stats_with(3), 5 * kMinute), "");  // no more since
}

TEST(LossLog, says_once_what_is_wrong_with_the_spool) {
  LossLog log;
  telemetry::Stats stats = stats_with(0);
  stats.notes = {"spans are kept in memory, not on disk: no space"};
  EXPECT_EQ(log.look(stats, 0), stats.notes[0]);
  EXPECT_EQ(log.look(stats, kMinute), "");
}

TEST(LossesByReason, add_up_to_all_that_is_missing) {
  telemetry::ExporterStats exporter;
  exporter.lost = 5;
  exporter.lost_by = {{"InvalidName", 3}, {"other", 2}};
  exporter.overrun = 1;
  exporter.dropped = 10;
  exporter.damaged = 100;
  const std::map<std::string, std::uint64_t> expected = {{"InvalidName", 3},
                                                         {"other", 2},
                                                         {"queue full", 1},
                                                         {"spool full", 10},
                                                         {"damaged on disk", 100}};
  EXPECT_EQ(lost_by_reason(exporter), expected);
}

}  // namespace
}  // namespace spawn::agent
