// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::launch {
namespace {

using core::Code;
using ::testing::HasSubstr;
using ::testing::StartsWith;

core::Error plain(const std::string& aws_code) {
  return in_plain_words({Code::unavailable, "EC2 RunInstances: " + aws_code + ": AWS's words"});
}

TEST(InPlainWords, says_what_to_do_and_keeps_awss_words) {
  const core::Error error = plain("InsufficientInstanceCapacity");
  EXPECT_THAT(error.message, StartsWith("AWS has no such instances free there now; try later"));
  EXPECT_THAT(error.message, HasSubstr("(EC2 RunInstances: InsufficientInstanceCapacity: AWS's"));
}

TEST(InPlainWords, ends_3_without_capacity_or_quota_and_4_without_permission) {
  for (const char* code :
       {"InsufficientInstanceCapacity", "InsufficientHostCapacity", "SpotMaxPriceTooLow",
        "MaxSpotInstanceCountExceeded", "VcpuLimitExceeded", "InstanceLimitExceeded",
        "InvalidKeyPair.NotFound", "InvalidAMIID.NotFound"}) {
    EXPECT_EQ(core::exit_status(plain(code).code), 3) << code;
  }
  EXPECT_EQ(core::exit_status(plain("UnauthorizedOperation").code), 4);
  EXPECT_THAT(plain("UnauthorizedOperation").message, HasSubstr("'spawn iam policy'"));
}

TEST(InPlainWords, leaves_other_errors_as_they_are) {
  const core::Error error = plain("SomethingNew");
  EXPECT_EQ(error.code, Code::unavailable);
  EXPECT_EQ(error.message, "EC2 RunInstances: SomethingNew: AWS's words");
}

TEST(IsDryRunSuccess, knows_ec2s_way_to_say_yes) {
  EXPECT_TRUE(is_dry_run_success({Code::invalid_argument,
                                  "EC2 RunInstances: DryRunOperation: Request would have "
                                  "succeeded, but DryRun flag is set."}));
  EXPECT_FALSE(is_dry_run_success(plain("UnauthorizedOperation")));
}

}  // namespace
}  // namespace spawn::launch
