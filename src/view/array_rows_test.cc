// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/array_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "view/test_trace.h"

namespace spawn::view {
namespace {

namespace key = trace::key;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Array : public ::testing::Test {
 protected:
  TestTrace& member(std::int64_t index, std::string_view name, double start_ms, double end_ms) {
    made.add(++spans, 0, name, start_ms, end_ms);
    return made.set(key::kJobArrayId, "sweep")
        .set(key::kInstanceId, "i-" + std::to_string(9 - index))
        .set(key::kJobArrayIndex, index);
  }
  [[nodiscard]] std::vector<ArrayMember> rows(double now_ms = 1e6) {
    ArrayRows rows("sweep");
    rows.add(made.get());
    return rows.members(TestTrace::at(now_ms));
  }

  TestTrace made;
  std::uint64_t spans = 0;
};

TEST_F(Array, has_a_row_a_member_by_index_with_what_its_phases_took) {
  member(1, "spored boot", 0, 100);
  member(0, "spored boot", 10, 90);
  member(0, "spored workload", 90, 390).set(key::kExitCode, std::int64_t{3});
  member(0, "S3.PutObject", 300, 350).set(key::kAwsAttempts, std::int64_t{3});
  member(0, "S3.UploadPart", 380, 400);
  member(0, "spored interruption", 200, 200);
  made.add(99, 0, "spawn launch", 0, 1).set(key::kJobArrayId, "sweep");
  made.add(98, 0, "spored boot", 0, 1).set(key::kJobArrayId, "other").set(key::kInstanceId, "i");
  const auto members = rows();
  ASSERT_THAT(members, SizeIs(2));
  EXPECT_EQ(members[0].index, 0);
  EXPECT_EQ(members[0].instance, "i-9");
  EXPECT_EQ(members[0].boot.took_ns(0), 80'000'000);
  EXPECT_EQ(members[0].run.took_ns(0), 300'000'000);
  EXPECT_EQ(members[0].upload.took_ns(0), 100'000'000);
  EXPECT_EQ(members[0].all.took_ns(0), 390'000'000);
  EXPECT_EQ(members[0].exit_code, 3);
  EXPECT_TRUE(members[0].failed());
  EXPECT_EQ(members[0].retries, 2);
  EXPECT_EQ(members[0].interruptions, 1);
  EXPECT_EQ(members[1].index, 1);
  EXPECT_FALSE(members[1].run.any);
  EXPECT_FALSE(members[1].failed());
}

TEST_F(Array, marks_who_took_much_longer_than_the_median_of_those_that_ended) {
  for (std::int64_t i = 0; i < 3; ++i) member(i, "spored workload", 0, 1000);
  member(3, "spored workload", 0, 1501);
  member(4, "spored workload", 0, 1499);
  member(5, "spored workload", 0, 0).running();
  const auto stragglers = [this](double now_ms) {
    std::string indices;
    for (const ArrayMember& one : rows(now_ms)) {
      if (one.straggler) indices += std::to_string(*one.index);
    }
    return indices;
  };
  EXPECT_EQ(stragglers(1400), "3");
  EXPECT_EQ(stragglers(1600), "35") << "one that runs counts with its time so far";
}

TEST_F(Array, does_not_call_a_member_slow_for_less_than_half_a_second) {
  for (std::int64_t i = 0; i < 3; ++i) member(i, "spored workload", 0, 10);
  member(3, "spored workload", 0, 500);
  EXPECT_FALSE(rows()[3].straggler);
}

TEST_F(Array, of_nobody_is_empty) { EXPECT_THAT(rows(), IsEmpty()); }

}  // namespace
}  // namespace spawn::view
