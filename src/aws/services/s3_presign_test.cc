// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3_presign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::s3 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Endpoint kAws{*core::Url::parse("https://s3.eu-west-1.amazonaws.com"), "eu-west-1"};

TEST(PresignedGet, is_a_link_to_the_object_that_expires) {
  spawn::testing::FakeClock clock;
  const auto url = presigned_get(test_credentials(), kAws, {"my-bucket", "a key"},
                                 std::chrono::seconds(3600), clock);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_THAT(*url, StartsWith("https://my-bucket.s3.eu-west-1.amazonaws.com/a%20key?"));
  EXPECT_THAT(*url, HasSubstr("X-Amz-Expires=3600"));
  EXPECT_THAT(*url, HasSubstr("X-Amz-Date=20260102T030405Z"));
  EXPECT_THAT(*url, HasSubstr("%2Feu-west-1%2Fs3%2Faws4_request"));
  EXPECT_THAT(*url, HasSubstr("&X-Amz-Signature="));
  EXPECT_THAT(*url, Not(HasSubstr(kTestSecret)));
}

// By AWS's own example of a link:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
TEST(PresignedGet, is_signed_as_in_the_documentation) {
  spawn::testing::FakeClock clock;
  // 2013-05-24T00:00:00Z
  clock.step_wall(core::Nanos(1'369'353'600'000'000'000 - spawn::testing::FakeClock::kStart));
  const Credentials credentials{"AKIAIOSFODNN7EXAMPLE",
                                core::Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                                {},
                                {},
                                "test"};
  const Endpoint endpoint{*core::Url::parse("https://s3.amazonaws.com"), "us-east-1"};
  const auto url = presigned_get(credentials, endpoint, {"examplebucket", "test.txt"},
                                 std::chrono::seconds(86400), clock);
  ASSERT_TRUE(url);
  EXPECT_THAT(*url, HasSubstr("X-Amz-Signature="
                              "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
}

TEST(ObjectUrl, carries_no_permission) {
  EXPECT_EQ(*object_url(kAws, {"my-bucket", "k"}),
            "https://my-bucket.s3.eu-west-1.amazonaws.com/k");
}

}  // namespace
}  // namespace spawn::aws::s3
