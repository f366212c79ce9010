// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/json.h"

namespace spawn::core {
namespace {

TEST(JsonText, writes_what_it_read) {
  const std::string text =
      R"({"a":[1,-2,0.5,true,false,null,"x\"\n\u0001é"],"":{},"b":[],"a":[[{"c":9007199254740993}]]})";
  const auto json = Json::parse(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->to_text(), text);
}

TEST(JsonText, keeps_a_real_a_real) { EXPECT_EQ(Json(5.0).to_text(), "5.0"); }

}  // namespace
}  // namespace spawn::core
