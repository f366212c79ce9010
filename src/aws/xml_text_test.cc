// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/xml_text.h"

#include <gtest/gtest.h>

namespace spawn::aws {
namespace {

TEST(XmlText, is_that_of_the_first_element_of_the_name) {
  EXPECT_EQ(xml_text("<a><Code>one</Code><Code>two</Code></a>", "Code"), "one");
  EXPECT_EQ(xml_text("<a><CodeX>no</CodeX><Code> yes\n</Code></a>", "Code"), "yes");
}

TEST(XmlText, has_its_entities_decoded_once) {
  EXPECT_EQ(xml_text("<m>a &lt;b&gt; &amp;lt; &quot;c&quot; &apos; & &x;</m>", "m"),
            "a <b> &lt; \"c\" ' & &x;");
}

TEST(XmlText, is_absent_when_the_element_is_missing_or_not_closed) {
  EXPECT_EQ(xml_text("", "Code"), std::nullopt);
  EXPECT_EQ(xml_text("<Code>cut of", "Code"), std::nullopt);
  EXPECT_EQ(xml_text("</Code><Code>", "Code"), std::nullopt);
}

}  // namespace
}  // namespace spawn::aws
