// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/protocol/query.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::query {
namespace {

TEST(Form, is_written_with_numbered_lists_and_encoded_values) {
  Form form("DoIt", "2016-11-15");
  const std::vector<std::string> values = {"a b", "\xC3\xA9&="};
  form.text("Name", "x+y%")
      .list("InstanceId", values)
      .integer("Min", -1)
      .flag("DryRun", true)
      .text_if("Absent", "")
      .integer_if("Zero", 0);
  EXPECT_EQ(form.to_text(),
            "Action=DoIt&Version=2016-11-15&Name=x%2By%25&InstanceId.1=a%20b"
            "&InstanceId.2=%C3%A9%26%3D&Min=-1&DryRun=true");
}

TEST(Form, becomes_a_call_that_posts_it) {
  testing::FakeClock clock;
  const Endpoint endpoint{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
  const auto deadline = core::Deadline::after(clock, std::chrono::seconds(5));
  const Call call = make_call(xray::kService, endpoint, Form("DoIt", "1"), deadline);
  EXPECT_EQ(call.service, &xray::kService);
  EXPECT_EQ(call.operation, "DoIt");
  EXPECT_EQ(call.region, "eu-west-1");
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url.to_string(), "http://127.0.0.1:5000/");
  EXPECT_EQ(call.body, "Action=DoIt&Version=1");
  EXPECT_EQ(http::header(call.headers, "content-type"),
            "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_EQ(call.deadline, deadline);
}

}  // namespace
}  // namespace spawn::aws::query
