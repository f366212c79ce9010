// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/endpoints.h"

#include <gtest/gtest.h>

#include "aws/services/sts.h"
#include "aws/services/xray.h"
#include "testing/fakes.h"

namespace spawn::aws {
namespace {

class EndpointsTest : public ::testing::Test {
 protected:
  // The URL, or the error's message.
  std::string endpoint(const std::string& region = "eu-west-1",
                       const std::string& explicit_url = "",
                       const ServiceInfo& service = xray::kService) {
    const auto endpoint = resolve_endpoint(service, explicit_url, region, env_, profile_);
    return endpoint ? endpoint->url.to_string() : endpoint.error().message;
  }
  std::string region(std::string_view explicit_region = {}) {
    const auto found = resolve_region(explicit_region, env_, profile_);
    return found ? *found : found.error().message;
  }

  testing::FakeEnv env_;
  Profile profile_;
};

TEST_F(EndpointsTest, follow_the_rule_of_their_partition) {
  EXPECT_EQ(endpoint("eu-west-1"), "https://xray.eu-west-1.amazonaws.com/");
  EXPECT_EQ(endpoint("cn-north-1"), "https://xray.cn-north-1.amazonaws.com.cn/");
  EXPECT_EQ(endpoint("us-gov-west-1"), "https://xray.us-gov-west-1.amazonaws.com/");
  EXPECT_EQ(endpoint("eusc-de-east-1"), "https://xray.eusc-de-east-1.amazonaws.eu/");
  EXPECT_EQ(endpoint("us-iso-east-1"), "https://xray.us-iso-east-1.c2s.ic.gov/");
  EXPECT_EQ(endpoint("us-isob-east-1"), "https://xray.us-isob-east-1.sc2s.sgov.gov/");
  EXPECT_EQ(endpoint("us-isof-south-1"), "https://xray.us-isof-south-1.csp.hci.ic.gov/");
  EXPECT_EQ(endpoint("eu-isoe-west-1"), "https://xray.eu-isoe-west-1.cloud.adc-e.uk/");
}

TEST_F(EndpointsTest, may_be_fips_and_dual_stack) {
  env_.set("AWS_USE_FIPS_ENDPOINT", "TRUE");
  EXPECT_EQ(endpoint("us-east-1"), "https://xray-fips.us-east-1.amazonaws.com/");
  EXPECT_EQ(endpoint("us-gov-west-1", "", sts::kService),
            "https://sts.us-gov-west-1.amazonaws.com/");
  env_.set("AWS_USE_DUALSTACK_ENDPOINT", "true");
  EXPECT_EQ(endpoint("us-east-1"), "https://xray-fips.us-east-1.api.aws/");
  EXPECT_EQ(endpoint("us-iso-east-1"),
            "AWS_USE_DUALSTACK_ENDPOINT: region 'us-iso-east-1' has no dual-stack endpoints");
  env_.set("AWS_USE_FIPS_ENDPOINT", "yes");
  EXPECT_EQ(endpoint(), "AWS_USE_FIPS_ENDPOINT: expected true or false, not 'yes'");
  env_.unset("AWS_USE_FIPS_ENDPOINT");
  env_.unset("AWS_USE_DUALSTACK_ENDPOINT");
  profile_.config["use_fips_endpoint"].value = "true";
  EXPECT_EQ(endpoint("us-east-1"), "https://xray-fips.us-east-1.amazonaws.com/");
}

TEST_F(EndpointsTest, of_a_region_that_only_looks_like_a_partitions_are_aws_own) {
  EXPECT_EQ(endpoint("cn-north"), "https://xray.cn-north.amazonaws.com/");
  EXPECT_EQ(endpoint("us-iso-east-x"), "https://xray.us-iso-east-x.amazonaws.com/");
}

TEST_F(EndpointsTest, of_iam_are_one_for_a_partition_and_signed_for_its_home) {
  const ServiceInfo iam{"IAM", "iam", "iam", "IAM", Protocol::query, true};
  const auto found = resolve_endpoint(iam, "", "eu-west-1", env_, profile_);
  EXPECT_EQ(found->url.to_string(), "https://iam.amazonaws.com/");
  EXPECT_EQ(found->region, "us-east-1");
  EXPECT_EQ(endpoint("us-gov-east-1", "", iam), "https://iam.us-gov.amazonaws.com/");
  EXPECT_EQ(endpoint("cn-northwest-1", "", iam), "https://iam.cn-north-1.amazonaws.com.cn/");
  env_.set("AWS_USE_FIPS_ENDPOINT", "true");
  EXPECT_EQ(endpoint("eu-west-1", "", iam), "https://iam-fips.amazonaws.com/");
  EXPECT_EQ(endpoint("us-gov-east-1", "", iam), "https://iam.us-gov.amazonaws.com/");
}

TEST_F(EndpointsTest, of_s3_spell_dual_stack_in_their_own_way) {
  const ServiceInfo s3{"S3", "s3", "s3", "S3", Protocol::rest_xml, false};
  EXPECT_EQ(endpoint("eu-west-1", "", s3), "https://s3.eu-west-1.amazonaws.com/");
  env_.set("AWS_USE_DUALSTACK_ENDPOINT", "true");
  EXPECT_EQ(endpoint("cn-north-1", "", s3), "https://s3.dualstack.cn-north-1.amazonaws.com.cn/");
  env_.set("AWS_USE_FIPS_ENDPOINT", "true");
  EXPECT_EQ(endpoint("us-east-1", "", s3), "https://s3-fips.dualstack.us-east-1.amazonaws.com/");
  EXPECT_EQ(endpoint("cn-north-1", "", s3),
            "AWS_USE_FIPS_ENDPOINT: S3 in region 'cn-north-1' has no FIPS endpoint");
}

TEST_F(EndpointsTest, are_taken_from_the_nearest_place_that_names_one) {
  profile_.config["endpoint_url"].value = "http://profile";
  EXPECT_EQ(endpoint(), "http://profile/");
  profile_.services["xray"].nested["endpoint_url"] = "http://services";
  EXPECT_EQ(endpoint(), "http://services/");
  env_.set("AWS_ENDPOINT_URL", "http://all");
  EXPECT_EQ(endpoint(), "http://all/");
  env_.set("AWS_ENDPOINT_URL_STS", "http://another");
  EXPECT_EQ(endpoint(), "http://all/");
  env_.set("AWS_ENDPOINT_URL_XRAY", "http://xray:1/base");
  EXPECT_EQ(endpoint(), "http://xray:1/base");
  EXPECT_EQ(endpoint("eu-west-1", "http://explicit"), "http://explicit/");
}

TEST_F(EndpointsTest, that_are_configured_can_all_be_ignored_but_the_explicit_one) {
  env_.set("AWS_ENDPOINT_URL_XRAY", "http://xray");
  env_.set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
  EXPECT_EQ(endpoint(), "https://xray.eu-west-1.amazonaws.com/");
  EXPECT_EQ(endpoint("eu-west-1", "http://explicit"), "http://explicit/");
}

TEST_F(EndpointsTest, keep_the_region_that_is_signed_for) {
  EXPECT_EQ(resolve_endpoint(xray::kService, "http://h", "eu-west-1", env_, profile_)->region,
            "eu-west-1");
}

TEST_F(EndpointsTest, that_are_no_url_are_refused_with_the_place_they_come_from) {
  env_.set("AWS_ENDPOINT_URL", "localhost:5000");
  EXPECT_TRUE(endpoint().starts_with("AWS_ENDPOINT_URL: 'localhost:5000' is no URL")) << endpoint();
}

TEST_F(EndpointsTest, do_not_let_a_region_become_another_host) {
  for (const std::string bad : {"evil.com/", "-a", "a-", "123", ""}) {
    EXPECT_EQ(endpoint(bad), "expected an AWS region such as us-east-1, not '" + bad + "'");
  }
}

TEST_F(EndpointsTest, region_is_explicit_then_environment_then_profile) {
  EXPECT_EQ(region(), "no AWS region is set: set AWS_REGION, or region in profile 'default'");
  profile_.config["region"].value = "r3";
  EXPECT_EQ(region(), "r3");
  env_.set("AWS_DEFAULT_REGION", "r2");
  EXPECT_EQ(region(), "r2");
  env_.set("AWS_REGION", "r1");
  EXPECT_EQ(region(), "r1");
  EXPECT_EQ(region("r0"), "r0");
  env_.set("AWS_REGION", "EU West");
  EXPECT_EQ(region(), "AWS_REGION: expected an AWS region such as us-east-1, not 'EU West'");
}

}  // namespace
}  // namespace spawn::aws
