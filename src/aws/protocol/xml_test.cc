// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/protocol/xml.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::xml {
namespace {

TEST(Xml, is_read_by_the_names_of_its_elements) {
  const auto document = Document::parse(
      "<?xml version=\"1.0\"?><!-- c --><R xmlns=\"urn:x\"><a>1</a><b><c> two </c></b></R>");
  ASSERT_TRUE(document) << document.error().message;
  const Element root = document->root();
  EXPECT_EQ(root.name(), "R");
  EXPECT_EQ(root.text_at("a"), "1");
  EXPECT_EQ(root.find("b").text_at("c"), " two ");
  EXPECT_EQ(root.find("none").find("c").text_at("d"), "");
  EXPECT_FALSE(root.find("c"));
  EXPECT_EQ(root.find_below("c").text(), " two ");
  EXPECT_TRUE(root.find_below("R"));
}

TEST(Xml, lists_are_walked_in_order_without_what_is_between) {
  const auto document =
      Document::parse("<r><s><i>1</i><other/>text<i>2</i></s><s><i>of another list</i></s></r>");
  ASSERT_TRUE(document);
  std::string seen;
  document->root().for_each_in("s", "i", [&](Element item) { seen += item.text(); });
  EXPECT_EQ(seen, "12");
}

TEST(Xml, text_has_its_entities_decoded_once_and_may_be_blank) {
  const auto document = Document::parse(
      "<r><a>&lt;b&gt; &amp;lt; &#233;&#x20;</a><b> </b><c><![CDATA[<x>]]></c></r>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().text_at("a"), "<b> &lt; \xC3\xA9 ");
  EXPECT_EQ(document->root().text_at("b"), " ");
  EXPECT_EQ(document->root().text_at("c"), "<x>");
}

TEST(Xml, takes_a_prefix_for_no_part_of_a_name) {
  const auto document =
      Document::parse("<s:Envelope xmlns:s=\"u\"><s:Code>x</s:Code></s:Envelope>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().name(), "Envelope");
  EXPECT_EQ(document->root().text_at("Code"), "x");
}

TEST(Xml, refuses_what_is_not_well_formed) {
  for (const char* text : {"", "  ", "{}", "<a>", "<a></b>", "<a", "text", "<!-- -->",
                           "<!doctype html><h1>Not Found<br></h1>"}) {
    const auto document = Document::parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().code, core::Code::protocol);
  }
}

TEST(Xml, neither_expands_nor_fetches_entities) {
  const auto document = Document::parse(
      "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\"><!ENTITY x \"yyy\">]><r>&e;&x;</r>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().text(), "&e;&x;");
}

TEST(Xml, may_be_nested_as_deep_as_it_likes) {
  constexpr int kDepth = 200'000;
  std::string text;
  for (int i = 0; i < kDepth; ++i) text += "<a>";
  for (int i = 0; i < kDepth; ++i) text += "</a>";
  const auto document = Document::parse(text);
  ASSERT_TRUE(document);
  EXPECT_FALSE(document->root().find_below("b"));
}

TEST(Xml, of_a_reply_must_begin_as_expected) {
  ScriptedCaller caller;
  Reply reply;
  reply.body = "<Other/>";
  caller.answers.emplace_back(reply);
  const auto document = call_for_document(caller, test_call(), "Wanted");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message,
            "XRay PutTraceSegments: the reply of xray.eu-west-1.amazonaws.com is no XML that "
            "begins with <Wanted> (check the endpoint)");
}

TEST(Xml, is_escaped_when_it_is_written) { EXPECT_EQ(escaped("a<&>\"b"), "a&lt;&amp;&gt;\"b"); }

}  // namespace
}  // namespace spawn::aws::xml
