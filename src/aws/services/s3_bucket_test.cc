// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3_bucket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::s3 {
namespace {

using ::testing::HasSubstr;

Endpoint endpoint_in(const char* region) {
  return {*core::Url::parse("http://127.0.0.1:5000"), region};
}

Failure refused(const char* code) {
  Failure failure;
  failure.status = 409;
  failure.aws_code = code;
  failure.error = {core::Code::invalid_argument, std::string("S3 CreateBucket: ") + code};
  return failure;
}

TEST(CreateBucket, names_the_region_where_it_must_be_named) {
  ScriptedCaller caller;
  EXPECT_TRUE(create_bucket(caller, endpoint_in("eu-west-1"), "bucket", core::Deadline::never()));
  EXPECT_EQ(caller.calls.back().url.to_string(), "http://127.0.0.1:5000/bucket");
  EXPECT_EQ(caller.calls.back().method, "PUT");
  EXPECT_THAT(caller.calls.back().body,
              HasSubstr("<LocationConstraint>eu-west-1</LocationConstraint>"));
  EXPECT_TRUE(create_bucket(caller, endpoint_in("us-east-1"), "bucket", core::Deadline::never()));
  EXPECT_EQ(caller.calls.back().body, "");
}

TEST(CreateBucket, takes_a_bucket_that_is_ours_already) {
  ScriptedCaller caller;
  caller.answers.push_back(tl::unexpected(refused("BucketAlreadyOwnedByYou")));
  EXPECT_TRUE(create_bucket(caller, endpoint_in("eu-west-1"), "bucket", core::Deadline::never()));
}

TEST(CreateBucket, does_not_take_somebody_elses) {
  ScriptedCaller caller;
  caller.answers.push_back(tl::unexpected(refused("BucketAlreadyExists")));
  const auto made =
      create_bucket(caller, endpoint_in("eu-west-1"), "bucket", core::Deadline::never());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, core::Code::permission_denied);
}

}  // namespace
}  // namespace spawn::aws::s3
