// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/protocol/json.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::json {
namespace {

const Endpoint kEndpoint{*core::Url::parse("http://127.0.0.1:5000/base/"), "eu-west-1"};

TEST(JsonProtocol, names_the_operation_in_a_header) {
  constexpr ServiceInfo kOld{"A", "a", "a", "A", Protocol::json_1_0, true, "A_2012"};
  constexpr ServiceInfo kNew{"B", "b", "b", "B", Protocol::json_1_1, true, "B"};
  const Call old = make_call(kOld, kEndpoint, "DoThis", {}, core::Deadline::never());
  EXPECT_EQ(http::header(old.headers, "X-Amz-Target"), "A_2012.DoThis");
  EXPECT_EQ(http::header(old.headers, "Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(old.body, "{}");
  const Call newer = make_call(kNew, kEndpoint, "DoThat", {}, core::Deadline::never());
  EXPECT_EQ(http::header(newer.headers, "Content-Type"), "application/x-amz-json-1.1");
}

TEST(JsonProtocol, has_a_path_for_each_operation_of_a_rest_service) {
  const Call call =
      make_rest_call(xray::kService, kEndpoint, "X", "/Y", "{}", core::Deadline::never());
  EXPECT_EQ(call.url.to_string(), "http://127.0.0.1:5000/base/Y");
  EXPECT_EQ(http::header(call.headers, "Content-Type"), "application/json");
}

TEST(JsonProtocol, writes_what_is_there_in_order) {
  Object inner;
  inner.flag("on", true);
  Object input;
  input.text("b", "\xff\"")
      .text_if("left out", "")
      .integer_if("left out too", 0)
      .integer("a", 7)
      .real("r", 0.5)
      .texts("list", std::vector<std::string>{"x", "y"})
      .object("inner", std::move(inner));
  EXPECT_EQ(std::move(input).take().to_text(),
            "{\"b\":\"\xEF\xBF\xBD\\\"\",\"a\":7,\"r\":0.5,\"list\":[\"x\",\"y\"],"
            "\"inner\":{\"on\":true}}");
}

TEST(JsonProtocol, reads_what_is_absent_or_of_another_type_as_empty) {
  const auto object = core::Json::parse(R"({"n":1,"r":0.5,"t":"x","b":true,"l":["a",1,"b"]})");
  EXPECT_EQ(integer_at(*object, "n"), 1);
  EXPECT_EQ(integer_at(*object, "t"), std::nullopt);
  EXPECT_EQ(integer_at(*object, "?"), std::nullopt);
  EXPECT_EQ(real_at(*object, "r"), 0.5);
  EXPECT_EQ(real_at(*object, "n"), 1);
  EXPECT_EQ(real_at(*object, "t"), 0);
  EXPECT_TRUE(flag_at(*object, "b"));
  EXPECT_FALSE(flag_at(*object, "n"));
  EXPECT_EQ(texts_at(*object, "l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(texts_at(*object, "t").empty());
  EXPECT_EQ(member(*object, "?").to_text(), "{}");
}

TEST(JsonProtocol, calls_a_reply_that_is_no_object_by_its_name) {
  for (const char* body : {"", "<html>", "[]", "\"x\"", R"({"a":)"}) {
    const auto object = read_object(test_call(), good_reply(body));
    ASSERT_FALSE(object) << body;
    EXPECT_EQ(object.error().code, core::Code::protocol);
    EXPECT_TRUE(object.error().message.starts_with("XRay PutTraceSegments: the reply"));
  }
}

}  // namespace
}  // namespace spawn::aws::json
